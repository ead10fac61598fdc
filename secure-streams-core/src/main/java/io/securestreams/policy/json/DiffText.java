package io.securestreams.policy.json;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.securestreams.policy.AuthScheme;
import io.securestreams.policy.CertificateEntry;
import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.policy.MetricsPolicy;
import io.securestreams.policy.Policy;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.Template;
import io.securestreams.policy.TrustStore;
import io.securestreams.policy.json.keys.LocatedMetadata;
import io.securestreams.policy.json.text.Quoted;
import org.jspecify.annotations.Nullable;

/**
 * Values of a policy as short text without secrets.
 */
final class DiffText {

	/** Bytes of a fingerprint that tell certificates apart. */
	private static final int FINGERPRINT = 8;

	private static final Pattern USER_INFORMATION = Pattern.compile("://[^/?#]*@");

	private DiffText() {
	}

	/**
	 * Says what a value is.
	 * @param value a value of a key, or an entry of a section
	 * @param reference whether an entry of a section is only referred to
	 */
	static String of(Object value, boolean reference) {
		String name = nameOf(value);
		if (name != null && reference) {
			return name.isEmpty() ? "none" : Quoted.of(name);
		}
		if (value instanceof String text) {
			return Quoted.of(text);
		}
		if (value instanceof Template template) {
			return Quoted.of(USER_INFORMATION.matcher(template.text()).replaceFirst("://***@"));
		}
		if (value instanceof Protocol protocol) {
			return protocol.policyName();
		}
		if (value instanceof Duration duration) {
			return duration.toMillis() + " ms";
		}
		if (value instanceof Collection<?> list) {
			return list.stream().map((each) -> of(each, reference)).collect(Collectors.joining(", ", "[", "]"));
		}
		if (value instanceof Map<?, ?> map) {
			return map.entrySet()
				.stream()
				.map((entry) -> Quoted.shorten(entry.getKey() + ": " + entry.getValue()))
				.collect(Collectors.joining(", ", "{", "}"));
		}
		return ofEntry(value);
	}

	private static String ofEntry(Object value) {
		if (value instanceof LocatedMetadata located) {
			MetadataDeclaration declaration = located.declaration();
			return Quoted.of(declaration.name()) + " as " + Quoted.of(declaration.entity());
		}
		if (value instanceof RetryPolicy retry) {
			return "backoff " + of(retry.backoff(), false) + ", conceal " + retry.conceal() + ", jitterpc "
					+ retry.jitterPercent() + ", svalidping " + retry.validityPing().toSeconds() + " s, svalidhup "
					+ retry.validityHangup().toSeconds() + " s";
		}
		if (value instanceof AuthScheme auth) {
			return Quoted.of(auth.type()) + " of blob " + auth.blob()
					+ (auth.streamType().isEmpty() ? "" : ", refreshed by " + Quoted.of(auth.streamType()));
		}
		if (value instanceof CertificateEntry.X509 certificate) {
			return certificate(certificate.certificate());
		}
		if (value instanceof CertificateEntry.Key key) {
			return "a private key, " + key.key().getAlgorithm();
		}
		if (value instanceof TrustStore store) {
			return store.certificates().stream().map(DiffText::certificate).collect(Collectors.joining("; "));
		}
		if (value instanceof StreamPolicy stream) {
			return stream(stream);
		}
		return (value instanceof MetricsPolicy metrics) ? Quoted.of(metrics.name()) : value.toString();
	}

	private static String stream(StreamPolicy stream) {
		String address = of(stream.endpoint().address(), false);
		String protocol = stream.protocol().protocol().policyName() + (stream.tls().enabled() ? " in TLS" : "");
		return switch (stream.role()) {
			case CLIENT -> protocol + " to " + address + " port " + stream.endpoint().port();
			case SERVER -> "server, " + protocol + " on " + address + " port " + stream.endpoint().port();
			case LOCAL_SINK -> "local sink";
		};
	}

	private static String certificate(X509Certificate certificate) {
		return Quoted.of(certificate.getSubjectX500Principal().getName()) + " until "
				+ certificate.getNotAfter().toInstant() + " (SHA-256 " + fingerprint(certificate) + ")";
	}

	private static String fingerprint(X509Certificate certificate) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
			return HexFormat.of().formatHex(Arrays.copyOf(digest, FINGERPRINT));
		}
		catch (GeneralSecurityException ex) {
			return "unknown";
		}
	}

	/** The name of an entry that streamtypes refer to, {@code null} for other values. */
	static @Nullable String nameOf(@Nullable Object value) {
		if (value instanceof RetryPolicy retry) {
			return retry.name();
		}
		if (value instanceof TrustStore store) {
			return store.name();
		}
		if (value instanceof AuthScheme auth) {
			return auth.name();
		}
		return (value instanceof CertificateEntry entry) ? entry.name() : null;
	}

	/** The sections that streamtypes refer to. */
	static Stream<Map<String, ?>> sections(Policy policy) {
		return Stream.of(policy.retries(), policy.certificates(), policy.trustStores(), policy.auth());
	}

}
