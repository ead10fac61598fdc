package io.securestreams.system.auth;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.securestreams.engine.spi.Credentials.BodyUse;
import io.securestreams.engine.spi.UnsignedRequest;
import io.securestreams.policy.AuthScheme;
import io.securestreams.policy.AuthUse;
import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.testing.TestMetadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SigV4CredentialsTests {

	private static final AwsKey KEY = new AwsKey("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", null);

	private static final long NOON = 1440938160000L;

	private final TestMetadata metadata = new TestMetadata(
			List.of(new MetadataDeclaration("region", ""), new MetadataDeclaration("service", "")));

	private final List<Map.Entry<String, String>> fields = new ArrayList<>();

	private static SigV4Credentials credentials(AwsKey key) {
		return new SigV4Credentials(key,
				new AuthUse(new AuthScheme("aws", AuthScheme.SIGV4, "", 0), "region", "service"), () -> false,
				(status) -> {
				});
	}

	private UnsignedRequest request(String method, String path, boolean tls, byte @Nullable [] body) {
		return new UnsignedRequest(method, tls, "127.0.0.1", path, this.fields, body, this.metadata, NOON);
	}

	private static Map<String, String> prove(AwsKey key, UnsignedRequest request) {
		Map<String, String> proofs = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		credentials(key).prove(request, proofs::put);
		return proofs;
	}

	/** Made with the original, version 5.0.99. */
	@Test
	void signsAsTheOriginalDoes() {
		this.metadata.set("region", "us-west-2").set("service", "s3");
		String hash = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
		this.fields.add(Map.entry("x-amz-content-sha256", hash));
		this.fields.add(Map.entry("x-amz-date", "20150830T123600Z"));
		this.fields.add(Map.entry("x-amz-acl", "bucket-owner-full-control"));
		assertThat(prove(KEY, request("PUT", "/status/200/obj.txt", false, null)).get("authorization"))
			.isEqualTo("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-west-2/s3/aws4_request, "
					+ "SignedHeaders=host;x-amz-acl;x-amz-content-sha256;x-amz-date, "
					+ "Signature=255f3924ddb2c93ecdee2b55befac1cf727c2ac33930a0dc6577e92adfdb0ac1");
	}

	@Test
	void dateAndHashAreOursWhereTheApplicationSetsNone() {
		this.metadata.set("region", "us-west-2").set("service", "execute-api");
		Map<String, String> proofs = prove(new AwsKey("id", "secret", "session"),
				request("POST", "/", false, SigV4Signature.sha256("hello".getBytes(StandardCharsets.UTF_8))));
		assertThat(proofs).containsEntry("x-amz-date", "20150830T123600Z")
			.containsEntry("x-amz-content-sha256", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
			.containsEntry("x-amz-security-token", "session");
		assertThat(proofs.get("authorization"))
			.contains("SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, ");
	}

	@Test
	void aBodyNeedNotBeSignedOnlyWhereAwsSaysSo() {
		this.metadata.set("region", "us-west-2").set("service", "s3");
		UnsignedRequest secure = request("PUT", "/", true, null);
		assertThat(credentials(KEY).bodyUse(secure)).isEqualTo(BodyUse.IF_SHORT);
		assertThat(prove(KEY, secure)).containsEntry("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
		UnsignedRequest plain = request("PUT", "/", false, null);
		assertThat(credentials(KEY).bodyUse(plain)).isEqualTo(BodyUse.ALL);
		assertThatIllegalArgumentException().isThrownBy(() -> prove(KEY, plain))
			.withMessageContaining("is not known before it is sent");
		this.metadata.set("service", "sqs");
		assertThat(credentials(KEY).bodyUse(secure)).isEqualTo(BodyUse.ALL);
	}

	@Test
	void whatIsMissingIsNamed() {
		this.metadata.set("service", "s3");
		assertThatIllegalArgumentException().isThrownBy(() -> prove(KEY, request("GET", "/", true, new byte[32])))
			.withMessage("metadata \"region\" is not set (expected: what aws_region refers to)");
	}

	@Test
	void nothingIsPrinted() {
		assertThat(KEY.toString() + credentials(KEY)).doesNotContain("AKID", "wJalr");
	}

}
