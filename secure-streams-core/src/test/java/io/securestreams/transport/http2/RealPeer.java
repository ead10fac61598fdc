package io.securestreams.transport.http2;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.netty.pkitesting.X509Bundle;

import io.securestreams.transport.TestPki;

import static org.awaitility.Awaitility.await;

/**
 * A server program on a port of its own, with a certificate for {@code localhost}.
 */
public final class RealPeer implements AutoCloseable {

	private final Process process;

	private final Path log;

	public final int port;

	private RealPeer(Process process, Path directory, int port) {
		this.process = process;
		this.log = directory.resolve("log");
		this.port = port;
	}

	public static boolean isInstalled(String program) {
		return find(program) != null;
	}

	public static RealPeer nghttpd(Path directory, boolean tls) throws Exception {
		int port = freePort();
		Path key = directory.resolve("key.pem");
		Path certificate = directory.resolve("cert.pem");
		identity(key, certificate);
		List<String> command = tls
				? List.of(find("nghttpd"), "-a", "127.0.0.1", "-d", directory.toString(), "--echo-upload",
						Integer.toString(port), key.toString(), certificate.toString())
				: List.of(find("nghttpd"), "--no-tls", "-a", "127.0.0.1", "-d", directory.toString(), "--echo-upload",
						Integer.toString(port));
		return new RealPeer(start(directory, command), directory, port).awaitListening();
	}

	public static RealPeer nginx(Path directory) throws Exception {
		int port = freePort();
		Path key = directory.resolve("key.pem");
		Path certificate = directory.resolve("cert.pem");
		identity(key, certificate);
		Path configuration = directory.resolve("nginx.conf");
		Files.writeString(configuration, """
				daemon off;
				%3$s
				worker_processes 1;
				pid %1$s/nginx.pid;
				error_log stderr warn;
				events { worker_connections 256; }
				http {
					access_log off;
					client_body_temp_path %1$s/body;
					proxy_temp_path %1$s/proxy;
					fastcgi_temp_path %1$s/fastcgi;
					uwsgi_temp_path %1$s/uwsgi;
					scgi_temp_path %1$s/scgi;
					client_max_body_size 100m;
					keepalive_requests 50;
					server {
						listen 127.0.0.1:%2$d ssl http2;
						server_name localhost;
						ssl_certificate %1$s/cert.pem;
						ssl_certificate_key %1$s/key.pem;
						root %1$s;
						location /moved { return 302 /small; }
						location /busy { add_header Retry-After 3 always; return 503; }
					}
				}
				""".formatted(directory, port, System.getProperty("user.name").equals("root") ? "user root;" : ""));
		return new RealPeer(start(directory,
				List.of(find("nginx"), "-p", directory.toString(), "-e", "stderr", "-c", configuration.toString())),
				directory, port)
			.awaitListening();
	}

	private static Process start(Path directory, List<String> command) throws IOException {
		return new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(directory.resolve("log").toFile())
			.start();
	}

	private static void identity(Path key, Path certificate) throws Exception {
		X509Bundle bundle = TestPki.server("localhost");
		Files.writeString(key, pem("PRIVATE KEY", bundle.getKeyPair().getPrivate().getEncoded()));
		Files.writeString(certificate, pem("CERTIFICATE", bundle.getCertificate().getEncoded()));
	}

	private static String pem(String label, byte[] der) {
		return "-----BEGIN " + label + "-----\n"
				+ Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der)
				+ "\n-----END " + label + "-----\n";
	}

	private static String find(String program) {
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

	private RealPeer awaitListening() {
		await().atMost(20, TimeUnit.SECONDS).until(this::listens);
		return this;
	}

	private boolean listens() {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port), 1000);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	public String log() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	@Override
	public void close() {
		this.process.destroy();
		this.process.onExit().orTimeout(5, TimeUnit.SECONDS).exceptionally((ex) -> {
			this.process.destroyForcibly();
			return this.process;
		}).join();
	}

}
