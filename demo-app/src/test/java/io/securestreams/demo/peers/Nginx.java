package io.securestreams.demo.peers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An nginx with a plain port and a TLS port per certificate, all on the loopback.
 */
final class Nginx implements AutoCloseable {

	private final Map<String, Integer> ports = new LinkedHashMap<>();

	private final Process process;

	/**
	 * Starts it.
	 * @param directory for its configuration, logs and temporary files
	 * @param documents what it serves
	 * @param certificates its certificates
	 */
	Nginx(Path directory, Path documents, PeerCertificates certificates) throws Exception {
		StringBuilder servers = new StringBuilder();
		servers.append(server("plain", "", documents));
		for (String name : certificates.names()) {
			servers.append(server(name, " ssl http2", documents)).append("""
						ssl_certificate %s;
						ssl_certificate_key %s;
					""".formatted(certificates.certificate(name), certificates.key(name)));
			servers.append("}\n");
		}
		Path configuration = directory.resolve("nginx.conf");
		Files.writeString(configuration, """
				%s
				daemon off;
				master_process off;
				worker_processes 1;
				pid %2$s/nginx.pid;
				error_log %2$s/error.log info;
				events { worker_connections 64; }
				http {
					access_log %2$s/access.log;
					client_body_temp_path %2$s/body;
					proxy_temp_path %2$s/proxy;
					fastcgi_temp_path %2$s/fastcgi;
					uwsgi_temp_path %2$s/uwsgi;
					scgi_temp_path %2$s/scgi;
					default_type text/plain;
					%3$s
				}
				""".formatted("root".equals(System.getProperty("user.name")) ? "user root;" : "", directory, servers));
		this.process = PeerPrograms.start(directory.resolve("nginx.out"), List.copyOf(this.ports.values()),
				List.of(PeerPrograms.find("nginx"), "-p", directory.toString(), "-c", configuration.toString()));
	}

	private String server(String name, String tls, Path documents) {
		int port = PeerPrograms.freePort();
		this.ports.put(name, port);
		return """
				server {
					listen 127.0.0.1:%d%s;
					server_name localhost;
					root %s;
					location /echo-agent { add_header X-Seen-Tag "$http_x_tag"; return 200 "tagged"; }
					location /echo {
						return 200 "$request_method $http_content_type $http_authorization $http_cookie.";
					}
					location /redirect { add_header Set-Cookie "a=1; Path=/"; return 302 /echo; }
					location /special { return 530 "special"; }
				%s""".formatted(port, tls, documents, tls.isEmpty() ? "}\n" : "");
	}

	int port(String name) {
		return this.ports.get(name);
	}

	@Override
	public void close() {
		PeerPrograms.stop(this.process);
	}

}
