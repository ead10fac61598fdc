package io.securestreams.policy.source;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

import javax.tools.ToolProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.policy.json.ReadmePolicies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class PolicySourceTests {

	@TempDir
	private Path directory;

	/** Compiles a source as users do, without anything of JSON, and runs it. */
	private Policy compiled(String source) throws Exception {
		Path file = this.directory.resolve("StaticPolicy.java");
		Files.writeString(file, source);
		String classPath = Path.of(Policy.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
		int status = ToolProvider.getSystemJavaCompiler()
			.run(null, null, null, "-cp", classPath, "-d", this.directory.toString(), "-Werror",
					"-Xlint:all,-classfile", file.toString());
		assertThat(status).isZero();
		try (URLClassLoader loader = new URLClassLoader(new URL[] { this.directory.toUri().toURL() },
				Policy.class.getClassLoader())) {
			Class<?> type = loader.loadClass("com.example.StaticPolicy");
			return (Policy) ((Supplier<?>) type.getConstructor().newInstance()).get();
		}
	}

	private void comesBack(String json) throws Exception {
		Policy policy = PolicyJson.read(json, "test").policy();
		String source = PolicySource.write(policy, "com.example.StaticPolicy", "policy.json");
		assertThat(source).doesNotContain("json.", "jackson");
		assertThat(compiled(source)).isEqualTo(policy);
		assertThat(compiled(source).streamTypes().keySet()).containsExactlyElementsOf(policy.streamTypes().keySet());
	}

	@Test
	void theExampleOfTheReadmeComesBack() throws Exception {
		comesBack(ReadmePolicies.README);
	}

	@Test
	void everyKindOfValueComesBack() throws Exception {
		comesBack(
				"""
						{ "release": "1 \\u002a/ \\\\u000a \\" é", "product": "p", "schema-version": 1,
						  "via-socks5": "me:secret@proxy.example:1080",
						  "retry": [ { "default": { "backoff": [ 1000, 2000 ], "conceal": 5, "svalidping": 30 } },
						    { "de-fault": { "backoff": [ 1 ] } }, { "de fault": { "backoff": [ 1, 2 ] } } ],
						  "certs": [ { "ca": "%s" } ],
						  "trust_stores": [ { "name": "store", "stack": [ "ca" ] } ],
						  "auth": [ { "name": "aws", "type": "sigv4", "blob": 2 } ],
						  "metrics": [ { "name": "m", "us_schedule": 1500, "report": "n.*" } ],
						  "s": [
						    { "a": { "endpoint": "${region}.example", "port": 443, "protocol": "h2", "tls": true,
						      "tls_trust_store": "store", "retry": "default", "http_url": "a/${id}", "http_method": "POST",
						      "http_resp_map": [ { "530": 1530 }, { "531": 1531 } ], "client_cert": 1, "use_auth": "aws",
						      "aws_region": "region", "aws_service": "id", "http_multipart_name": "n",
						      "metadata": [ { "region": "" }, { "id": "x-id:" } ], "options": [ { "k": "v" } ] } },
						    { "a b": { "endpoint": "e", "port": 1, "protocol": "ws", "retry": "de-fault", "ws_subprotocol": "s" } },
						    { "a_b": { "endpoint": "e", "port": 1, "protocol": "raw", "nailed_up": true, "retry": "de fault" } },
						    { "class": { "endpoint": "e", "port": 1, "protocol": "mqtt", "mqtt_topic": "t/${x}",
						      "mqtt_will_topic": "w", "mqtt_will_message": "gone", "metadata": [ { "x": "" } ] } },
						    { "listen": { "server": true, "port": 0, "protocol": "h1" } },
						    { "sink": { "local_sink": true } } ] }
						"""
					.formatted(ReadmePolicies.certificate()));
	}

	@Test
	void anEmptyPolicyComesBack() throws Exception {
		comesBack("{}");
	}

	@Test
	void theNameIsThatOfAClassInAPackage() {
		for (String name : List.of("StaticPolicy", "com.example.1", "com.example.class", "a b.C", "")) {
			assertThatIllegalArgumentException().isThrownBy(() -> PolicySource.write(Policy.EMPTY, name, ""))
				.withMessageContaining("a full name, with its package");
		}
	}

}
