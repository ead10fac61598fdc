package io.securestreams.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.netty.pkitesting.X509Bundle;
import org.jspecify.annotations.Nullable;

import io.securestreams.transport.TestPki;

import static org.awaitility.Awaitility.await;

/**
 * Python, Node.js, and nginx in front of Python, with a certificate for
 * {@code localhost}.
 */
final class PeerServers implements AutoCloseable {

	private final List<Process> processes = new ArrayList<>();

	private final Path directory;

	final int python;

	final int nginxPlain;

	final int nginxTls;

	final int nodePlain;

	final int nodeTls;

	/**
	 * Starts all of them.
	 * @param directory for configurations and logs; nginx serves its files
	 */
	PeerServers(Path directory) throws Exception {
		this.directory = directory;
		X509Bundle identity = TestPki.server("localhost");
		pem("key.pem", "PRIVATE KEY", identity.getKeyPair().getPrivate().getEncoded());
		pem("cert.pem", "CERTIFICATE", identity.getCertificate().getEncoded());
		BufferedReader output = start("python.log",
				List.of(Objects.requireNonNull(find("python3")), script("http-peer.py").toString()));
		this.python = port(output);
		BufferedReader node = start("node.log", List.of(Objects.requireNonNull(find("node")),
				script("http-peer.mjs").toString(), path("key.pem"), path("cert.pem")));
		this.nodePlain = port(node);
		this.nodeTls = port(node);
		this.nginxPlain = freePort();
		this.nginxTls = freePort();
		nginx();
	}

	static boolean areInstalled() {
		return find("python3") != null && find("node") != null && find("nginx") != null;
	}

	private void nginx() throws Exception {
		Files.writeString(this.directory.resolve("nginx.conf"), """
				daemon off;
				%5$s
				worker_processes 1;
				pid %1$s/nginx.pid;
				error_log stderr warn;
				events { worker_connections 512; }
				http {
					access_log off;
					client_body_temp_path %1$s/body;
					proxy_temp_path %1$s/proxy;
					fastcgi_temp_path %1$s/fastcgi;
					uwsgi_temp_path %1$s/uwsgi;
					scgi_temp_path %1$s/scgi;
					client_max_body_size 200m;
					server {
						listen 127.0.0.1:%2$d;
						listen 127.0.0.1:%3$d ssl http2;
						server_name localhost;
						ssl_certificate %1$s/cert.pem;
						ssl_certificate_key %1$s/key.pem;
						location /files/ { alias %1$s/; add_header X-Connection $connection; }
						location / {
							proxy_pass http://127.0.0.1:%4$d;
							proxy_http_version 1.1;
							proxy_request_buffering off;
							proxy_set_header Host $http_host;
							proxy_set_header Connection "";
						}
					}
				}
				""".formatted(this.directory, this.nginxPlain, this.nginxTls, this.python,
				System.getProperty("user.name").equals("root") ? "user root;" : ""));
		start("nginx.log", List.of(Objects.requireNonNull(find("nginx")), "-p", this.directory.toString(), "-e",
				"stderr", "-c", path("nginx.conf")));
		await().atMost(20, TimeUnit.SECONDS).until(() -> listens(this.nginxPlain) && listens(this.nginxTls));
	}

	private BufferedReader start(String log, List<String> command) throws IOException {
		Process process = new ProcessBuilder(command).directory(this.directory.toFile())
			.redirectError(this.directory.resolve(log).toFile())
			.start();
		this.processes.add(process);
		return process.inputReader();
	}

	private static int port(BufferedReader output) throws IOException {
		String line = output.readLine();
		if (line == null || !line.startsWith("PORT ")) {
			throw new AssertionError("the peer did not start: " + line);
		}
		return Integer.parseInt(line.substring(5));
	}

	private Path script(String name) throws IOException {
		try (InputStream resource = PeerServers.class.getResourceAsStream(name)) {
			return Files.write(this.directory.resolve(name), Objects.requireNonNull(resource).readAllBytes());
		}
	}

	private void pem(String file, String label, byte[] der) throws IOException {
		Files.writeString(this.directory.resolve(file),
				"-----BEGIN " + label + "-----\n"
						+ Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der)
						+ "\n-----END " + label + "-----\n");
	}

	private String path(String file) {
		return this.directory.resolve(file).toString();
	}

	private static @Nullable String find(String program) {
		for (String directory : (System.getenv("PATH") + ":/usr/sbin").split(":")) {
			Path path = Path.of(directory, program);
			if (Files.isExecutable(path)) {
				return path.toString();
			}
		}
		return null;
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private static boolean listens(int port) {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Override
	public void close() {
		this.processes.forEach((process) -> process.destroyForcibly().onExit().join());
	}

}
