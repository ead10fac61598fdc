package io.securestreams.demo.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The policy of the peer tests, one streamtype per case.
 */
final class PeerPolicy {

	private static final String DOCUMENT = """
			{
				"release": "1", "product": "peers", "schema-version": 1,
				"retry": [
					{ "twice": { "backoff": [100, 200], "conceal": 2, "jitterpc": 20 } }
				],
				"certs": [ { "peers-ca": "%s" } ],
				"trust_stores": [ { "name": "peers", "stack": ["peers-ca"] } ],
				"s": [
					%s
				]
			}
			""";

	private static final String STREAM = """
			{ "%s": { "endpoint": "localhost", "port": %d, "protocol": "%s", "opportunistic": true, "retry": "twice"%s } }""";

	private static final String TLS = ", \"tls\": true, \"tls_trust_store\": \"peers\"";

	private final String authority;

	private final List<String> streams = new ArrayList<>();

	PeerPolicy(String authority) {
		this.authority = authority;
	}

	PeerPolicy http(String name, int port, String url, String more) {
		return http(name, port, "h1", url, more);
	}

	PeerPolicy https(String name, int port, String url) {
		return http(name, port, "h1", url, TLS);
	}

	PeerPolicy http2(String name, int port, String url) {
		return http(name, port, "h2", url, TLS);
	}

	private PeerPolicy http(String name, int port, String protocol, String url, String more) {
		return add(name, port, protocol, """
				, "http_method": "GET", "http_url": "%s"%s""".formatted(url, more));
	}

	/**
	 * A streamtype with any method, over TLS.
	 * @param name its name
	 * @param port where
	 * @param protocol the HTTP version
	 * @param method the request method
	 * @param url the path
	 * @param more further keys, each with a comma in front
	 * @return this policy
	 */
	PeerPolicy request(String name, int port, String protocol, String method, String url, String more) {
		return add(name, port, protocol, """
				%s, "http_method": "%s", "http_url": "%s"%s""".formatted(TLS, method, url, more));
	}

	PeerPolicy raw(String name, int port) {
		return add(name, port, "raw", "");
	}

	private PeerPolicy add(String name, int port, String protocol, String more) {
		this.streams.add(STREAM.formatted(name, port, protocol, more));
		return this;
	}

	Path write(Path file) throws IOException {
		return Files.writeString(file, DOCUMENT.formatted(this.authority, String.join(",\n\t\t", this.streams)));
	}

}
