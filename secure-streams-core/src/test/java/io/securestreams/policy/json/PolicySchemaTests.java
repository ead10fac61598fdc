package io.securestreams.policy.json;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.json.keys.StreamKeys;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.table.KeyTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The published schema says what the reader does. The documents are judged by a validator
 * that is not ours.
 */
class PolicySchemaTests {

	static final List<KeySample> SAMPLES = KeySample.ALL;

	private static final String TEXT = text();

	private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
		.getSchema(TEXT, InputFormat.JSON);

	private static final JsonNode TREE = JsonMapper.shared().readTree(TEXT);

	private static String text() {
		try (InputStream resource = PolicyJson.class.getClassLoader().getResourceAsStream(PolicyJson.SCHEMA_RESOURCE)) {
			assertThat(resource).as(PolicyJson.SCHEMA_RESOURCE).isNotNull();
			return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static List<String> judge(String document) {
		return SCHEMA.validate(document, InputFormat.JSON).stream().map(Object::toString).toList();
	}

	static Stream<Arguments> tables() {
		return Stream.of(Arguments.of("", DocumentKeys.TABLE), Arguments.of("/$defs/streamType", StreamKeys.TABLE),
				Arguments.of("/$defs/retry", RetrySection.KEYS), Arguments.of("/$defs/auth", AuthSection.KEYS),
				Arguments.of("/$defs/metrics", MetricsSection.KEYS),
				Arguments.of("/$defs/trustStore", TrustStoreSection.KEYS));
	}

	@ParameterizedTest
	@MethodSource("tables")
	void knowsTheKeysThatTheReaderKnows(String pointer, KeyTable table) {
		Set<String> properties = new TreeSet<>(TREE.at(pointer + "/properties").propertyNames());
		assertThat(properties).containsExactlyInAnyOrderElementsOf(table.names());
	}

	/** Everything but what the definitions that are shared say. */
	@Test
	void comesFromTheTable() {
		ObjectNode expected = (ObjectNode) TREE.deepCopy();
		tables().forEach((table) -> ((ObjectNode) expected.at((String) table.get()[0])).set("properties",
				properties((KeyTable) table.get()[1])));
		Regenerated.check(Path.of("src", "main", "resources").resolve(PolicyJson.SCHEMA_RESOURCE), print(expected));
	}

	private static ObjectNode properties(KeyTable table) {
		ObjectNode properties = JsonMapper.shared().createObjectNode();
		table.keys().forEach((key) -> properties.set(key.name(), property(key, key.summary())));
		table.keys()
			.forEach((key) -> key.older()
				.forEach((name) -> properties.set(name,
						property(key, "Older spelling of " + key.name() + ".").put("deprecated", true))));
		return properties;
	}

	private static ObjectNode property(Key<?> key, String description) {
		ObjectNode property = JsonMapper.shared().createObjectNode().put("description", description);
		property.setAll((ObjectNode) JsonMapper.shared().readTree(key.type().schema()));
		Object fallback = key.fallback();
		if (fallback instanceof Protocol protocol) {
			property.put("default", protocol.policyName());
		}
		else if (fallback instanceof String text && !text.isEmpty()) {
			property.put("default", text);
		}
		return property;
	}

	private static String print(ObjectNode schema) {
		DefaultIndenter tabs = new DefaultIndenter("\t", "\n");
		DefaultPrettyPrinter printer = new DefaultPrettyPrinter().withObjectIndenter(tabs)
			.withArrayIndenter(tabs)
			.withSeparators(Separators.createDefaultInstance().withObjectNameValueSpacing(Separators.Spacing.AFTER));
		return JsonMapper.shared().writer().with(printer).writeValueAsString(schema) + "\n";
	}

	@Test
	void saysWhatEveryKeyIsFor() {
		List<String> silent = new ArrayList<>();
		for (String pointer : List.of("", "/$defs/streamType", "/$defs/retry", "/$defs/auth", "/$defs/metrics")) {
			TREE.at(pointer + "/properties").properties().forEach((property) -> {
				if (property.getValue().path("description").asString("").isEmpty()) {
					silent.add(pointer + "/" + property.getKey());
				}
			});
		}
		assertThat(silent).isEmpty();
	}

	@ParameterizedTest
	@FieldSource("SAMPLES")
	void agreesOnAGoodValue(KeySample sample) {
		assertThat(judge(sample.document())).isEmpty();
	}

	@ParameterizedTest
	@FieldSource("SAMPLES")
	void agreesOnABadValue(KeySample sample) {
		assertThat(judge(sample.badDocument())).isNotEmpty();
	}

	@Test
	void acceptsTheExampleOfTheReadme() {
		assertThat(judge(ReadmePolicyTests.README)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "{ \"s\": {} }", "{ \"s\": [ 1 ] }", "{ \"retry\": [ { \"r\": [] } ] }",
			"{ \"retry\": [ { \"r\": { \"backoff\": [ -1 ] } } ] }",
			"{ \"retry\": [ { \"r\": { \"backoff\": [ 1, 2, 3, 4, 5, 6, 7, 8, 9 ] } } ] }",
			"{ \"retry\": [ { \"r\": { \"conceal\": -1 } } ] }", "{ \"certs\": [ { \"c\": 5 } ] }",
			"{ \"trust_stores\": [ { \"name\": \"t\" } ] }",
			"{ \"trust_stores\": [ { \"name\": \"t\", \"stack\": [] } ] }", "{ \"trust_stores\": [ { \"t\": [] } ] }",
			"{ \"auth\": [ {} ] }", "{ \"auth\": [ { \"name\": \"a\", \"blob\": 4 } ] }", "{ \"metrics\": [ {} ] }",
			"{ \"schema-version\": 2 }", "{ \"via-socks5\": \"nowhere\" }", "{ \"release\": 1 }", "[]" })
	void refusesWhatTheReaderRefuses(String document) {
		assertThat(judge(document)).isNotEmpty();
		assertThat(Documents.problems(document)).isNotEmpty();
	}

	/** Editors say at once what the reader has to make a guess of. */
	@ParameterizedTest
	@ValueSource(strings = { "{ \"retry\": [ { \"r\": { \"conceal\": 65536 } } ] }",
			"{ \"retry\": [ { \"r\": { \"jitterpc\": 256 } } ] }", "{ \"s\": [ { \"x\": { \"nailed_up\": 1 } } ] }" })
	void refusesWhatTheReaderWarnsOf(String document) {
		assertThat(judge(document)).isNotEmpty();
		assertThat(PolicyJson.read(document, "test").warnings()).isNotEmpty();
	}

}
