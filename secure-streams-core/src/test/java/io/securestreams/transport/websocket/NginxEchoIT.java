package io.securestreams.transport.websocket;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.securestreams.stream.HttpAnswer;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Through nginx, which listens on a unix socket and passes the upgrade on to Tomcat.
 */
class NginxEchoIT extends EchoPeerContract {

	@TempDir
	static Path directory;

	private static TomcatServer tomcat;

	private static PeerProcess nginx;

	@BeforeAll
	static void start() throws Exception {
		String program = PeerProcess.find("nginx");
		Assumptions.assumeTrue(program != null, "nginx is not installed");
		tomcat = new TomcatServer(directory);
		Path configuration = Files.writeString(directory.resolve("nginx.conf"), """
				daemon off;
				worker_processes 1;
				pid %1$s/nginx.pid;
				error_log stderr warn;
				events { worker_connections 64; }
				http {
					access_log off;
					client_body_temp_path %1$s/body;
					proxy_temp_path %1$s/proxy;
					fastcgi_temp_path %1$s/fastcgi;
					uwsgi_temp_path %1$s/uwsgi;
					scgi_temp_path %1$s/scgi;
					server {
						listen unix:%1$s/nginx.sock;
						location / {
							proxy_pass http://127.0.0.1:%2$d;
							proxy_http_version 1.1;
							proxy_set_header Upgrade $http_upgrade;
							proxy_set_header Connection upgrade;
						}
						location /refused {
							default_type text/plain;
							add_header X-Reason quota always;
							return 403 "not today";
						}
					}
				}
				""".formatted(directory, tomcat.port()));
		nginx = PeerProcess.start(directory,
				List.of(program, "-p", directory.toString(), "-e", "stderr", "-c", configuration.toString()));
		Awaitility.await().until(() -> Files.exists(directory.resolve("nginx.sock")) || !nginx.isAlive());
	}

	@AfterAll
	static void stop() throws Exception {
		if (nginx != null) {
			nginx.close();
		}
		if (tomcat != null) {
			tomcat.close();
		}
	}

	@Override
	String endpoint() {
		return "\"endpoint\": \"+" + directory.resolve("nginx.sock") + "\"";
	}

	@Test
	void refusalsAreExplained() throws Exception {
		try (RefusedUpgradeTests.Client client = new RefusedUpgradeTests.Client(
				endpoint() + ", \"http_url\": \"/refused\"")) {
			assertThat(client.failure().answer()).isNotNull()
				.extracting(HttpAnswer::status, HttpAnswer::text)
				.containsExactly(403, "not today");
			assertThat(client.reason).isEqualTo("quota");
		}
	}

}
