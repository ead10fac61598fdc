package io.securestreams.policy.json.keys;

import java.util.List;
import java.util.Map;

import io.securestreams.policy.AuthScheme;
import io.securestreams.policy.AuthUse;
import io.securestreams.policy.Faults;
import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.policy.StreamPolicy.Features;
import io.securestreams.policy.json.table.Draft;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.table.Scope;
import io.securestreams.policy.json.table.Theme;
import io.securestreams.policy.json.table.Types;
import io.securestreams.policy.json.table.ValueType;

/**
 * What a streamtype has for the application, whatever its protocol.
 */
public final class FeatureKeys {

	static final Theme THEME = new Theme("Metadata and application",
			"What the application may set and get, and what it is told.");

	private static final ValueType<List<LocatedMetadata>> METADATA_TYPE = Types.entries(
			"array of objects `{\"name\": \"header:\"}`, at most 255 names", "{\"minLength\":1}", Types.TEXT.schema(),
			StreamValues::metadata);

	private static final ValueType<Map<String, String>> OPTIONS_TYPE = new ValueType<>(
			"array of objects `{\"name\": \"value\"}`", "{\"type\":\"array\",\"items\":{\"type\":\"object\","
					+ "\"additionalProperties\":" + Types.TEXT.schema() + "}}",
			StreamValues::options);

	public static final Key<List<LocatedMetadata>> METADATA = THEME.key("metadata", METADATA_TYPE, Scope.ANY)
		.or(List.of())
		.from((stream) -> stream.metadata()
			.stream()
			.map((each) -> new LocatedMetadata(LocatedMetadata.INHERITED, each))
			.toList())
		.example("\"metadata\": [ { \"id\": \"\" }, { \"type\": \"content-type:\" } ]")
		.more("""
				A name with an empty string fills `${name}` in other keys. One with a header, with or without a \
				colon, travels in that header of HTTP, both ways. In an overlay, names are added.""")
		.says("Names the application may set and get, each with the header it travels in, or an empty string.");

	public static final Key<Map<String, String>> OPTIONS = THEME.key("options", OPTIONS_TYPE, Scope.ANY)
		.or(Map.of())
		.from((stream) -> stream.features().options())
		.example("\"options\": [ { \"send_overflow\": \"disconnect\" } ]")
		.more("""
				A server knows one: `send_overflow` says what becomes of a client that does not read what is \
				broadcast. `drop` (the default) leaves messages out, `disconnect` ends its stream. In an overlay, \
				options are added.""")
		.says("Options by name; servers know send_overflow, clients none.");

	private static final ValueType<Faults> FAULTS_TYPE = Types.entries("array of objects `{\"fault\": number}`",
			"{\"enum\":[\"refuse\",\"delay_ms\",\"cut_after\",\"drop_one_in\",\"status\"]}",
			"{\"type\":\"integer\",\"minimum\":0,\"maximum\":2147483647}", FaultValues::faults);

	static final Key<Faults> FAULTS = THEME.key("faults", FAULTS_TYPE, Scope.CLIENT_CONNECTION)
		.or(Faults.NONE)
		.otherwise("none")
		.from((stream) -> stream.features().faults())
		.example("\"faults\": [ { \"delay_ms\": 2000 }, { \"drop_one_in\": 3 } ]")
		.more("""
				To rehearse an outage, best in an overlay: `refuse` (1) refuses every attempt to connect, `delay_ms` \
				lets it wait, `cut_after` loses a connection after so many bytes received, `drop_one_in` loses one \
				attempt in so many, `status` answers HTTP requests without asking the peer. Without effect unless the \
				application allows it, with Spring by `secure-streams.faults.allowed`. `[]` is none.""")
		.says("What goes wrong on purpose.");

	static final Key<Boolean> PERF = THEME.flag("perf", Scope.CLIENT_CONNECTION)
		.from((stream) -> stream.features().perf())
		.says("Whether the stream receives timings of its connections.");

	static final Key<Boolean> DIRECT_PROTO_STR = THEME.strictFlag("direct_proto_str", Scope.WEB)
		.from((stream) -> stream.features().directHeaders())
		.more("The name of the header is the name of the metadata then, and need not be declared.")
		.says("Whether the application may set and get any header as metadata.");

	static final Key<Boolean> URGENT_TX = THEME.flag("urgent_tx", Scope.NOWHERE)
		.from((stream) -> stream.features().urgentTx())
		.says("Without effect.");

	static final Key<Boolean> URGENT_RX = THEME.flag("urgent_rx", Scope.NOWHERE)
		.from((stream) -> stream.features().urgentRx())
		.says("Without effect.");

	static final Key<String> PAYLOAD_FMT = THEME.text("payload_fmt", Scope.ANY)
		.from((stream) -> stream.features().payloadFormat())
		.says("Free text that the application can read: what the payload is.");

	private FeatureKeys() {
	}

	static Features features(Draft from) {
		AuthScheme scheme = from.find(IdentityKeys.USE_AUTH);
		AuthUse auth = (scheme != null)
				? new AuthUse(scheme, from.get(IdentityKeys.AWS_REGION), from.get(IdentityKeys.AWS_SERVICE)) : null;
		return new Features(from.get(PERF), from.get(DIRECT_PROTO_STR), from.get(URGENT_TX), from.get(URGENT_RX),
				from.get(PAYLOAD_FMT), from.get(BodyKeys.RIDESHARE), auth, from.get(OPTIONS), from.get(FAULTS));
	}

	static List<MetadataDeclaration> metadata(Draft from) {
		List<LocatedMetadata> located = from.get(METADATA);
		if (located.isEmpty()) {
			return List.of();
		}
		MetadataDeclaration[] declarations = new MetadataDeclaration[located.size()];
		for (int i = 0; i < declarations.length; i++) {
			declarations[i] = located.get(i).declaration();
		}
		return List.of(declarations);
	}

}
