package io.securestreams.spring.boot.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Signature;
import java.util.Base64;
import java.util.function.UnaryOperator;

import com.sun.net.httpserver.HttpServer;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.securestreams.SecureStreams;
import io.securestreams.system.policyfetch.PolicyRefresher;
import io.securestreams.system.policyfetch.PolicyStatus.Origin;
import io.securestreams.system.policyfetch.RefreshOutcome;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the README says on signed policies with a cache and an overlay, step by step.
 */
@Timeout(90)
class SignedPolicyEndToEndTests {

	@TempDir
	private Path directory;

	private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);

	private volatile String policy = "";

	private volatile String signature = "";

	SignedPolicyEndToEndTests() throws IOException {
		this.server.createContext("/", (exchange) -> {
			byte[] body = (exchange.getRequestURI().getPath().equals("/policy.json") ? this.policy : this.signature)
				.getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(200, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.server.stop(0);
	}

	private static X509Bundle certificate(String name, UnaryOperator<CertificateBuilder> how,
			@Nullable X509Bundle issuer) {
		try {
			CertificateBuilder builder = how.apply(new CertificateBuilder().subject(name).algorithm(Algorithm.ecp256));
			return (issuer != null) ? builder.buildIssuedBy(issuer) : builder.buildSelfSigned();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private String document(String release, String more) {
		String site = "\"endpoint\": \"127.0.0.1\", \"port\": " + this.server.getAddress().getPort()
				+ ", \"protocol\": \"h1\"";
		return "{\"release\": \"" + release + "\", \"s\": [{\"fetch_policy\": {" + site
				+ ", \"http_url\": \"policy.json\"}}, {\"fetch_policy_signature\": {" + site
				+ ", \"http_url\": \"policy.jws\"}}" + more + "]}";
	}

	private void publish(String document, X509Bundle signer) throws Exception {
		String header = base64url(("{\"alg\":\"ES256\",\"x5c\":[\""
				+ Base64.getEncoder().encodeToString(signer.getCertificate().getEncoded()) + "\"]}")
			.getBytes(StandardCharsets.UTF_8));
		Signature signing = Signature.getInstance("SHA256withECDSAinP1363Format");
		signing.initSign(signer.getKeyPair().getPrivate());
		signing.update((header + "." + base64url(document.getBytes(StandardCharsets.UTF_8)))
			.getBytes(StandardCharsets.US_ASCII));
		this.policy = document;
		this.signature = header + ".." + base64url(signing.sign()) + "\n";
	}

	private static String base64url(byte[] bytes) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
	}

	private ConfigurableApplicationContext start(X509Bundle authority) throws Exception {
		Path local = Files.writeString(this.directory.resolve("local.json"), document("0", ""));
		Path overlay = Files.writeString(this.directory.resolve("here.json"),
				"{\"s\": [{\"page\": {\"endpoint\": \"here.example\", \"port\": 443}}]}");
		Path trusted = Files.writeString(this.directory.resolve("ca.pem"), authority.getCertificatePEM());
		return new SpringApplicationBuilder(Application.class)
			.properties("spring.main.web-application-type=none", "spring.main.banner-mode=off",
					"secure-streams.policy.location=" + local.toUri(),
					"secure-streams.policy.overlays[0]=" + overlay.toUri(),
					"secure-streams.policy.fetch.cache=" + this.directory.resolve("cache.json"),
					"secure-streams.policy.fetch.signature.ssl-bundle=signers",
					"spring.ssl.bundle.pem.signers.truststore.certificate=" + trusted.toUri())
			.run();
	}

	private static RefreshOutcome refresh(ConfigurableApplicationContext context) {
		return context.getBean(PolicyRefresher.class).refresh().toCompletableFuture().join();
	}

	@Test
	void onlyWhatTheTrustedHaveSignedComesIntoForce() throws Exception {
		X509Bundle authority = certificate("CN=signers", (builder) -> builder.setIsCertificateAuthority(true), null);
		X509Bundle signer = certificate("CN=ops", UnaryOperator.identity(), authority);
		X509Bundle stranger = certificate("CN=ops", (builder) -> builder.setIsCertificateAuthority(true), null);
		String page = ", {\"page\": {\"endpoint\": \"there.example\", \"port\": 80}}";
		publish(document("2", page), signer);
		try (ConfigurableApplicationContext context = start(authority)) {
			SecureStreams streams = context.getBean(SecureStreams.class);
			assertThat(streams.policy().release()).isEqualTo("2");
			assertThat(streams.policy().streamType("page").orElseThrow().endpoint().address().text())
				.isEqualTo("here.example");
			publish(document("3", page), stranger);
			assertThat(refresh(context).message()).contains("its signature is not good");
			publish(document("1", page), signer);
			assertThat(refresh(context).message()).contains("release: \"1\" (expected: \"2\" or newer)");
			publish(document("3", page), signer);
			assertThat(refresh(context).result()).isEqualTo(RefreshOutcome.Result.CHANGED);
		}
		this.server.stop(0);
		try (ConfigurableApplicationContext context = start(authority)) {
			assertThat(context.getBean(SecureStreams.class).policy().release()).isEqualTo("3");
			assertThat(context.getBean(PolicyRefresher.class).status().origin()).isEqualTo(Origin.CACHE);
		}
		// What was kept has to be signed as well
		try (ConfigurableApplicationContext context = start(stranger)) {
			assertThat(context.getBean(SecureStreams.class).policy().release()).isEqualTo("0");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
