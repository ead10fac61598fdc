package io.securestreams.policy.json;

import java.security.cert.X509Certificate;
import java.time.Instant;

import io.securestreams.policy.CertificateEntry;
import io.securestreams.policy.json.CertificateDecoder.MalformedEntryException;
import io.securestreams.policy.json.JsonValue.Kind;
import io.securestreams.policy.json.JsonValue.Member;
import io.securestreams.policy.json.JsonValue.Scalar;

/**
 * Reads the section {@code certs}. Its values are never repeated: they may be keys.
 */
final class CertificateSection {

	private CertificateSection() {
	}

	static Boolean read(JsonValue section, DocumentReader document) {
		if (!(section instanceof JsonValue.ArrayValue array)) {
			document.problems()
				.error(section.offset(), kind(section), "an array of objects {\"name\": \"base64 DER\"}");
			return false;
		}
		for (JsonValue item : array.items()) {
			if (item instanceof JsonValue.ObjectValue object) {
				object.members().forEach((entry) -> readEntry(entry, document));
			}
			else {
				document.problems().error(item.offset(), kind(item), "an object {\"name\": \"base64 DER\"}");
			}
		}
		return true;
	}

	private static String kind(JsonValue value) {
		return (value instanceof Scalar scalar) ? scalar.describeKind() : value.describe();
	}

	private static void readEntry(Member entry, DocumentReader document) {
		if (!document.certificates().declare(entry.name(), entry.offset(), document)) {
			return;
		}
		JsonValue value = entry.value();
		if (!(value instanceof Scalar scalar) || scalar.kind() != Kind.STRING) {
			document.problems().error(value.offset(), kind(value), "a string of base64 DER or PEM");
			return;
		}
		try {
			CertificateEntry decoded = CertificateDecoder.decode(entry.name(), scalar.text());
			document.certificates().define(entry.name(), decoded);
			if (decoded instanceof CertificateEntry.X509 x509) {
				checkValidity(x509, value.offset(), document);
			}
		}
		catch (MalformedEntryException ex) {
			document.problems().error(value.offset(), ex.problem(), ex.expected());
		}
	}

	private static void checkValidity(CertificateEntry.X509 entry, int offset, DocumentReader document) {
		X509Certificate certificate = entry.certificate();
		Instant notAfter = certificate.getNotAfter().toInstant();
		Instant notBefore = certificate.getNotBefore().toInstant();
		if (document.now().isAfter(notAfter)) {
			document.problems()
				.warning(offset, "certificate " + Quoted.of(entry.name()) + " expired on " + notAfter, "a valid one");
		}
		else if (document.now().isBefore(notBefore)) {
			document.problems()
				.warning(offset, "certificate " + Quoted.of(entry.name()) + " is not valid before " + notBefore,
						"a valid one");
		}
	}

}
