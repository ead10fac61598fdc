package io.securestreams.policy.json.lint;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy.Role;
import io.securestreams.policy.Template;
import io.securestreams.policy.json.keys.EndpointKeys;
import io.securestreams.policy.json.keys.FeatureKeys;
import io.securestreams.policy.json.keys.LocatedMetadata;
import io.securestreams.policy.json.keys.StreamKeys;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.text.Quoted;

/**
 * Finds metadata that leads nowhere, and symbols that no metadata stands behind.
 */
final class MetadataLint {

	/** So many are looked up one by one, which costs no memory. */
	private static final int FEW = 8;

	private final Suspect suspect;

	MetadataLint(Suspect suspect) {
		this.suspect = suspect;
	}

	void check() {
		checkMetadata();
		checkSymbols();
	}

	private void checkMetadata() {
		if (this.suspect.protocol().isHttp() || this.suspect.protocol() == Protocol.WS
				|| this.suspect.protocol() == Protocol.MQTT || this.suspect.role() == Role.LOCAL_SINK) {
			return;
		}
		for (LocatedMetadata metadata : this.suspect.get(FeatureKeys.METADATA)) {
			String entity = metadata.declaration().entity();
			if (!entity.isEmpty() && metadata.place() != LocatedMetadata.INHERITED) {
				this.suspect.problems()
					.warning(metadata.place(),
							Quoted.of(entity) + " has no effect with protocol "
									+ Quoted.of(this.suspect.protocol().policyName()) + ", which has no headers",
							"\"\"");
			}
		}
	}

	private void checkSymbols() {
		if (this.suspect.role() == Role.SERVER) {
			for (String symbol : new LinkedHashSet<>(this.suspect.get(EndpointKeys.ENDPOINT).symbols())) {
				this.suspect.warn(EndpointKeys.ENDPOINT,
						"${" + symbol + "} is not replaced in the endpoint of a server", "an interface or address");
			}
			return;
		}
		for (Key<Template> key : StreamKeys.TEMPLATES) {
			if (this.suspect.draft().isGiven(key) && !this.suspect.get(key).isLiteral() && this.suspect.goesBy(key)) {
				checkSymbols(key, this.suspect.get(key).symbols());
			}
		}
		Key<List<Template>> several = StreamKeys.TEMPLATE_LIST;
		if (this.suspect.draft().isGiven(several) && this.suspect.goesBy(several)) {
			this.suspect.get(several).forEach((each) -> checkSymbols(several, each.symbols()));
		}
	}

	/** Each symbol once: a text may have millions, and most of them the same. */
	private void checkSymbols(Key<?> key, List<String> symbols) {
		if (symbols.size() <= FEW && areDeclared(symbols)) {
			return;
		}
		Set<String> undeclared = new LinkedHashSet<>(symbols);
		declared().forEach(undeclared::remove);
		undeclared.forEach((symbol) -> undeclared(key, symbol));
	}

	private boolean areDeclared(List<String> symbols) {
		for (int i = 0; i < symbols.size(); i++) {
			if (!isDeclared(symbols.get(i))) {
				return false;
			}
		}
		return true;
	}

	private boolean isDeclared(String symbol) {
		for (LocatedMetadata metadata : this.suspect.get(FeatureKeys.METADATA)) {
			if (metadata.declaration().name().equals(symbol)) {
				return true;
			}
		}
		return false;
	}

	private void undeclared(Key<?> key, String symbol) {
		this.suspect.warn(key, "${" + symbol + "} is not declared: no attempt can succeed",
				"a name from \"metadata\"" + this.suspect.problems().warningHint(symbol, this::declared));
	}

	private List<String> declared() {
		return this.suspect.get(FeatureKeys.METADATA)
			.stream()
			.map((metadata) -> metadata.declaration().name())
			.toList();
	}

}
