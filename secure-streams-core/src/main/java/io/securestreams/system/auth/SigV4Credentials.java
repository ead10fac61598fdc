package io.securestreams.system.auth;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

import io.securestreams.engine.spi.Credentials;
import io.securestreams.engine.spi.UnsignedRequest;
import io.securestreams.policy.AuthUse;
import io.securestreams.system.auth.CanonicalRequest.PathForm;

/**
 * Signs requests with a key of AWS. What the application has set for {@code x-amz-date}
 * and {@code x-amz-content-sha256} is used, as the original requires it.
 */
final class SigV4Credentials implements Credentials {

	private static final String DATE = "x-amz-date";

	private static final String HASH = "x-amz-content-sha256";

	private static final String TOKEN = "x-amz-security-token";

	/** What S3 takes over TLS instead of the body's hash. */
	private static final String UNSIGNED = "UNSIGNED-PAYLOAD";

	private static final Set<String> WITH_UNSIGNED = Set.of("s3", "s3express", "s3-outposts", "s3-object-lambda");

	/** Fields that are signed beside those of AWS. */
	private static final Set<String> SIGNED = Set.of("content-type", "content-md5");

	private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT)
		.withZone(ZoneOffset.UTC);

	private final AwsKey key;

	private final AuthUse use;

	private final BooleanSupplier refused;

	private final IntConsumer answered;

	/**
	 * Makes the credentials of a streamtype.
	 * @param key the key
	 * @param use which metadata hold region and service
	 * @param refused is told that the peer does not accept the key; says whether there is
	 * another one
	 * @param answered is told each other status that the peer answers with
	 */
	SigV4Credentials(AwsKey key, AuthUse use, BooleanSupplier refused, IntConsumer answered) {
		this.key = key;
		this.use = use;
		this.refused = refused;
		this.answered = answered;
	}

	@Override
	public boolean isForOneRequest() {
		return true;
	}

	@Override
	public BodyUse bodyUse(UnsignedRequest request) {
		if (request.field(HASH) != null) {
			return BodyUse.NONE;
		}
		return isUnsignedAllowed(request) ? BodyUse.IF_SHORT : BodyUse.ALL;
	}

	private boolean isUnsignedAllowed(UnsignedRequest request) {
		return request.tls() && WITH_UNSIGNED.contains(service(request));
	}

	@Override
	public void prove(UnsignedRequest request, BiConsumer<String, String> fields) {
		String service = service(request);
		String timestamp = timestamp(request);
		String hash = hash(request);
		TreeMap<String, List<String>> signed = signed(request);
		put(signed, DATE, timestamp);
		put(signed, HASH, hash);
		if (this.key.sessionToken() != null) {
			put(signed, TOKEN, this.key.sessionToken());
			fields.accept("X-Amz-Security-Token", this.key.sessionToken());
		}
		PathForm form = WITH_UNSIGNED.contains(service) ? PathForm.OBJECT_KEY : PathForm.NORMALIZED;
		CanonicalRequest canonical = CanonicalRequest.of(request.method(), request.path(), form, signed, hash);
		fields.accept("X-Amz-Date", timestamp);
		fields.accept("X-Amz-Content-Sha256", hash);
		fields.accept("Authorization",
				SigV4Signature.of(this.key, region(request), service, timestamp, canonical).authorization());
	}

	private static void put(Map<String, List<String>> signed, String name, String value) {
		signed.put(name, List.of(value));
	}

	private static TreeMap<String, List<String>> signed(UnsignedRequest request) {
		TreeMap<String, List<String>> signed = new TreeMap<>();
		put(signed, "host", request.authority());
		for (Map.Entry<String, String> field : request.fields()) {
			String name = field.getKey().toLowerCase(Locale.ROOT);
			if (name.startsWith("x-amz-") || SIGNED.contains(name)) {
				signed.computeIfAbsent(name, (key) -> new ArrayList<>()).add(field.getValue());
			}
		}
		return signed;
	}

	private static String timestamp(UnsignedRequest request) {
		String given = request.field(DATE);
		if (given == null) {
			return TIMESTAMP.format(Instant.ofEpochMilli(request.epochMillis()));
		}
		if (!given.matches("\\d{8}T\\d{6}Z")) {
			throw new IllegalArgumentException("metadata for x-amz-date (expected: as 20150830T123600Z)");
		}
		return given;
	}

	private String hash(UnsignedRequest request) {
		String given = request.field(HASH);
		if (given != null) {
			return given;
		}
		byte[] body = request.body();
		if (body != null) {
			return SigV4Signature.hex(body);
		}
		if (isUnsignedAllowed(request)) {
			return UNSIGNED;
		}
		throw new IllegalArgumentException("request body is not known before it is sent (expected: metadata for " + HASH
				+ ", or a body that is given whole)");
	}

	private String region(UnsignedRequest request) {
		return symbol(request, this.use.regionMetadata(), "aws_region");
	}

	private String service(UnsignedRequest request) {
		return symbol(request, this.use.serviceMetadata(), "aws_service");
	}

	private static String symbol(UnsignedRequest request, String metadata, String policyKey) {
		if (metadata.isEmpty()) {
			throw new IllegalArgumentException(policyKey + " is missing (expected: the name of metadata)");
		}
		String value = request.metadata().symbol(metadata);
		if (value == null || value.isBlank()) {
			throw new IllegalArgumentException(
					"metadata \"" + metadata + "\" is not set (expected: what " + policyKey + " refers to)");
		}
		return value.strip();
	}

	@Override
	public boolean refused() {
		return this.refused.getAsBoolean();
	}

	@Override
	public void answered(int status) {
		this.answered.accept(status);
	}

	@Override
	public String toString() {
		return "SigV4Credentials[***]";
	}

}
