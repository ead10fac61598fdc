package io.securestreams.policy.json;

import java.security.cert.X509Certificate;
import java.time.Instant;

import io.securestreams.policy.CertificateEntry;
import io.securestreams.policy.json.certificates.CertificateDecoder;
import io.securestreams.policy.json.certificates.CertificateDecoder.MalformedEntryException;
import io.securestreams.policy.json.table.Definitions.Definition;
import io.securestreams.policy.json.table.DocumentContext;
import io.securestreams.policy.json.text.JsonValue;
import io.securestreams.policy.json.text.JsonValue.Kind;
import io.securestreams.policy.json.text.JsonValue.Member;
import io.securestreams.policy.json.text.JsonValue.Scalar;
import io.securestreams.policy.json.text.Quoted;

/**
 * Reads the section {@code certs}. Its values are never repeated: they may be keys.
 */
final class CertificateSection {

	private CertificateSection() {
	}

	static Boolean read(JsonValue section, DocumentContext document) {
		if (!(section instanceof JsonValue.Items array)) {
			document.problems().error(section.place(), kind(section), "an array of objects {\"name\": \"base64 DER\"}");
			return false;
		}
		array.forEachItem((item) -> {
			if (item instanceof JsonValue.ObjectValue object) {
				object.members().forEach((entry) -> readEntry(entry, document));
			}
			else {
				document.problems().error(item.place(), kind(item), "an object {\"name\": \"base64 DER\"}");
			}
		});
		return true;
	}

	private static String kind(JsonValue value) {
		return (value instanceof Scalar scalar) ? scalar.describeKind() : value.describe();
	}

	private static void readEntry(Member entry, DocumentContext document) {
		Definition<CertificateEntry> definition = document.certificates()
			.declare(entry.name(), entry.place(), document);
		if (definition == null) {
			return;
		}
		JsonValue value = entry.value();
		if (!(value instanceof Scalar scalar) || scalar.kind() != Kind.STRING) {
			document.problems().error(value.place(), kind(value), "a string of base64 DER or PEM");
			return;
		}
		try {
			CertificateEntry decoded = CertificateDecoder.decode(entry.name(), scalar.text());
			definition.set(decoded);
			if (decoded instanceof CertificateEntry.X509 x509) {
				checkValidity(x509, value.place(), document);
			}
		}
		catch (MalformedEntryException ex) {
			document.problems().error(value.place(), ex.problem(), ex.expected());
		}
	}

	private static void checkValidity(CertificateEntry.X509 entry, int place, DocumentContext document) {
		X509Certificate certificate = entry.certificate();
		Instant notAfter = certificate.getNotAfter().toInstant();
		Instant notBefore = certificate.getNotBefore().toInstant();
		if (document.now().isAfter(notAfter)) {
			document.problems()
				.warning(place, "certificate " + Quoted.of(entry.name()) + " expired on " + notAfter, "a valid one");
		}
		else if (document.now().isBefore(notBefore)) {
			document.problems()
				.warning(place, "certificate " + Quoted.of(entry.name()) + " is not valid before " + notBefore,
						"a valid one");
		}
	}

}
