package io.securestreams.policy.json;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.securestreams.policy.CertificateEntry;
import io.securestreams.policy.KeyMatch;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.json.keys.BodyKeys;
import io.securestreams.policy.json.keys.EndpointKeys;
import io.securestreams.policy.json.keys.FeatureKeys;
import io.securestreams.policy.json.keys.LocatedMetadata;
import io.securestreams.policy.json.keys.StreamKeys;
import io.securestreams.policy.json.keys.TlsKeys;
import io.securestreams.policy.json.lint.StreamLint;
import io.securestreams.policy.json.table.Definitions;
import io.securestreams.policy.json.table.Definitions.Definition;
import io.securestreams.policy.json.table.DocumentContext;
import io.securestreams.policy.json.table.Draft;
import io.securestreams.policy.json.table.Entries;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.table.Values;
import io.securestreams.policy.json.text.JsonValue;
import io.securestreams.policy.json.text.JsonValue.Member;
import io.securestreams.policy.json.text.JsonValue.ObjectValue;
import io.securestreams.policy.json.text.Problems;
import io.securestreams.policy.json.text.Quoted;
import org.jspecify.annotations.Nullable;

/**
 * Reads the section {@code s}. In an overlay the keys of a streamtype that exists are
 * applied on top of what it has.
 */
final class StreamSection {

	/** Made once for all: it is large beside what an entry has. */
	private final Draft draft = new Draft(StreamKeys.TABLE, 0);

	/** Where streamtypes name their rideshare partner. */
	private final Map<String, Integer> rideshares = new LinkedHashMap<>();

	/** Pairs that have been found to match: many streamtypes may share one. */
	private final Map<CertificateEntry.Key, X509Certificate> matching = new IdentityHashMap<>();

	Boolean read(JsonValue section, DocumentContext document) {
		return Entries.forEach(section, document, "{\"streamtype\": {...}}", (entry) -> readEntry(entry, document));
	}

	private void readEntry(Member entry, DocumentContext document) {
		Definition<StreamPolicy> definition = document.streamTypes().declare(entry.name(), entry.place(), document);
		if (definition == null) {
			return;
		}
		ObjectValue object = Values.object(entry.value(), document, "an object with the keys of a streamtype");
		if (object == null) {
			return;
		}
		int errors = document.problems().errorCount();
		StreamPolicy before = definition.value();
		Draft draft = this.draft;
		draft.clear(entry.place());
		if (before != null) {
			StreamKeys.TABLE.recall(before, draft);
		}
		StreamKeys.TABLE.read(object, draft, document);
		if (before != null) {
			keep(before, draft);
		}
		check(draft, document.problems());
		if (document.problems().errorCount() == errors) {
			definition.set(StreamKeys.policy(entry.name(), draft));
			new StreamLint(draft, document.problems()).check();
			if (draft.isGiven(BodyKeys.RIDESHARE)) {
				this.rideshares.put(entry.name(), draft.place(BodyKeys.RIDESHARE));
			}
		}
	}

	/**
	 * Keeps what an overlay adds to: its metadata comes first and hides an earlier
	 * declaration of the same name.
	 */
	private static void keep(StreamPolicy before, Draft draft) {
		if (draft.isGiven(FeatureKeys.METADATA)) {
			List<LocatedMetadata> metadata = new ArrayList<>(draft.get(FeatureKeys.METADATA));
			Set<String> names = new HashSet<>();
			metadata.forEach((each) -> names.add(each.declaration().name()));
			before.metadata()
				.stream()
				.filter((each) -> !names.contains(each.name()))
				.forEach((each) -> metadata.add(new LocatedMetadata(LocatedMetadata.INHERITED, each)));
			draft.set(FeatureKeys.METADATA, metadata);
		}
		if (draft.isGiven(FeatureKeys.OPTIONS)) {
			Map<String, String> options = new LinkedHashMap<>(before.features().options());
			options.putAll(draft.get(FeatureKeys.OPTIONS));
			draft.set(FeatureKeys.OPTIONS, options);
		}
	}

	private void check(Draft draft, Problems problems) {
		TlsKeys.checkScheme(draft, problems);
		if (draft.isTrue(EndpointKeys.SERVER) && draft.isTrue(EndpointKeys.LOCAL_SINK)) {
			Key<?> given = draft.isGiven(EndpointKeys.LOCAL_SINK) ? EndpointKeys.LOCAL_SINK : EndpointKeys.SERVER;
			problems.error(draft.place(given), "both \"server\" and \"local_sink\"", "one of the two");
		}
		CertificateEntry.X509 certificate = draft.find(TlsKeys.SERVER_CERT);
		CertificateEntry.Key key = draft.find(TlsKeys.SERVER_KEY);
		if (certificate != null && key != null && !matches(certificate.certificate(), key)) {
			Key<?> given = draft.isGiven(TlsKeys.SERVER_KEY) ? TlsKeys.SERVER_KEY : TlsKeys.SERVER_CERT;
			problems.error(draft.place(given),
					"key " + Quoted.of(key.name()) + " does not belong to certificate " + Quoted.of(certificate.name()),
					"the private key of the certificate");
		}
		if (!draft.get(EndpointKeys.PROTOCOL).isHttp() && draft.get(EndpointKeys.PROTOCOL) != Protocol.WS) {
			return;
		}
		for (LocatedMetadata metadata : draft.get(FeatureKeys.METADATA)) {
			String entity = metadata.declaration().entity();
			if (!entity.isEmpty() && !Values.isHeaderName(entity)) {
				int at = (metadata.place() != LocatedMetadata.INHERITED) ? metadata.place() : draft.place();
				problems.error(at, Quoted.of(entity), "a header name, or empty");
			}
		}
	}

	private boolean matches(X509Certificate certificate, CertificateEntry.Key key) {
		if (certificate.equals(this.matching.get(key))) {
			return true;
		}
		try {
			KeyMatch.require(key.key(), certificate.getPublicKey());
		}
		catch (GeneralSecurityException ex) {
			return false;
		}
		this.matching.put(key, certificate);
		return true;
	}

	/**
	 * Checks what may refer to streamtypes further down, once all are known: the chains
	 * of ridesharing streamtypes exist and end.
	 */
	void checkRideshares(DocumentContext document) {
		Definitions<StreamPolicy> all = document.streamTypes();
		this.rideshares.forEach((name, place) -> {
			String partner = rideshare(all.find(name));
			if (!partner.isEmpty() && !all.isDeclared(partner)) {
				Problems problems = document.problems();
				problems.error(place, "unknown streamtype " + Quoted.of(partner),
						"a streamtype from \"s\"" + problems.errorHint(partner, all::names));
			}
		});
		Set<String> ending = new HashSet<>();
		this.rideshares.forEach((name, place) -> {
			Set<String> chain = new HashSet<>();
			String at = name;
			while (!at.isEmpty() && !ending.contains(at) && chain.add(at)) {
				at = rideshare(all.find(at));
			}
			if (!at.isEmpty() && !ending.contains(at)) {
				document.problems()
					.error(place, "ridesharing goes round in a circle through " + Quoted.of(at), "a chain that ends");
			}
			ending.addAll(chain);
		});
	}

	private static String rideshare(@Nullable StreamPolicy policy) {
		return (policy != null) ? policy.features().rideshare() : "";
	}

}
