package io.securestreams.engine.stream;

import java.util.LinkedHashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.stream.UnknownMetadataException;
import io.securestreams.testing.StreamPolicies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class MetadataStoreTests {

	private final MetadataStore store = new MetadataStore(
			StreamPolicies.named("test").metadata("symbol", "").metadata("header", "X-Header:").build());

	private final MetadataStore direct = new MetadataStore(
			StreamPolicies.named("test").metadata("header", "X-Header:").directHeaders().build());

	@Test
	void setGetRemove() {
		assertThat(this.store.get("symbol")).isNull();
		this.store.set("symbol", "one").set("header", "two");
		assertThat(this.store.get("symbol")).isEqualTo("one");
		assertThat(this.store.value(1)).isEqualTo("two");
		assertThat(this.store.asMap()).containsExactly(Map.entry("symbol", "one"), Map.entry("header", "two"));
		this.store.remove("symbol");
		assertThat(this.store.asMap()).containsExactly(Map.entry("header", "two"));
	}

	@Test
	void undeclaredNamesAreAProgrammingError() {
		assertThatExceptionOfType(UnknownMetadataException.class).isThrownBy(() -> this.store.set("other", "x"))
			.withMessageContaining("declared: symbol, header");
		assertThatExceptionOfType(UnknownMetadataException.class).isThrownBy(() -> this.store.get("other"));
		assertThatExceptionOfType(UnknownMetadataException.class).isThrownBy(() -> this.store.remove("other"));
	}

	@Test
	void symbolsForTemplates() {
		assertThat(this.store.symbol("other")).isNull();
		assertThat(this.store.symbol("symbol")).isEmpty();
		assertThat(this.store.set("symbol", "x")).isSameAs(this.store);
		assertThat(this.store.symbol("symbol")).isEqualTo("x");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\rb", "a\nb", "a\0b", "\r\n" })
	void headersCannotBeInjected(String value) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.store.set("header", value));
		assertThatIllegalArgumentException().isThrownBy(() -> this.direct.set("x-direct:", value));
		assertThat(this.store.get("header")).isNull();
		this.store.set("symbol", value);
		assertThat(this.store.get("symbol")).isEqualTo(value);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ":", "a b:", "a\r\nb:", "a(b):", "é:" })
	void directHeadersNeedAName(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.direct.set(name, "x"));
	}

	@Test
	void directHeaders() {
		this.direct.set("X-Direct:", "sent").set("header", "declared");
		Map<String, String> headers = new LinkedHashMap<>();
		this.direct.forEachDirect(headers::put);
		assertThat(headers).containsExactly(Map.entry("x-direct", "sent"));
		assertThat(this.direct.get("x-direct")).isEqualTo("sent");
		this.direct.receiveDirect("x-direct", "received");
		assertThat(this.direct.get("X-DIRECT:")).isEqualTo("received");
		this.direct.remove("x-direct");
		headers.clear();
		this.direct.forEachDirect(headers::put);
		assertThat(headers).isEmpty();
		assertThat(this.direct.asMap()).containsOnlyKeys("header");
	}

	@Test
	void versionChangesWithTheValues() {
		int version = this.store.version();
		this.store.get("symbol");
		assertThat(this.store.version()).isEqualTo(version);
		this.store.set("symbol", "x");
		assertThat(this.store.version()).isNotEqualTo(version);
		version = this.store.version();
		this.store.remove("symbol");
		assertThat(this.store.version()).isNotEqualTo(version);
	}

	@Test
	void theLastOfWhatIsSetAndReceivedIsRead() {
		this.store.set("header", "mine");
		this.store.receive(1, "theirs");
		assertThat(this.store.get("header")).isEqualTo("theirs");
		assertThat(this.store.asMap()).containsExactly(Map.entry("header", "theirs"));
		this.store.set("header", "new");
		assertThat(this.store.get("header")).isEqualTo("new");
		this.store.receive(1, "again");
		this.store.receive(1, null);
		assertThat(this.store.get("header")).isEqualTo("new");
		this.store.receive(1, "again");
		this.store.remove("header");
		assertThat(this.store.get("header")).isNull();
	}

	@Test
	void onlyWhatIsSetIsSent() {
		this.store.set("header", "mine");
		int version = this.store.version();
		this.store.receive(0, "symbol");
		this.store.receive(1, "theirs");
		assertThat(this.store.version()).isEqualTo(version);
		assertThat(this.store.value(1)).isEqualTo("mine");
		assertThat(this.store.symbol("symbol")).isEmpty();
		this.store.set("header", "theirs");
		assertThat(this.store.value(1)).isEqualTo("theirs");
		assertThat(this.store.version()).isNotEqualTo(version);
	}

	@Test
	void whatHasBeenReceivedIsOfOneTransaction() {
		this.store.set("header", "mine");
		this.store.receive(0, "one");
		this.store.receive(1, "two");
		this.store.forgetReceived();
		assertThat(this.store.asMap()).containsExactly(Map.entry("header", "mine"));
		this.direct.set("x-direct", "sent");
		this.direct.receiveDirect("x-direct", "received");
		this.direct.forgetReceived();
		assertThat(this.direct.get("x-direct")).isEqualTo("sent");
	}

	@Test
	void directHeadersThatAreSetHideReceivedOnes() {
		this.direct.receiveDirect("x-direct", "received");
		this.direct.set("X-Direct:", "sent");
		assertThat(this.direct.get("x-direct")).isEqualTo("sent");
	}

	@Test
	void withoutAPolicyAnyNameWillDo() {
		MetadataStore free = new MetadataStore("far");
		free.set("a name: with anything", "one\r\n").set("b", "two");
		free.receiveDirect("b", "received");
		free.receiveDirect("c", "three");
		assertThat(free.asMap()).containsOnly(Map.entry("a name: with anything", "one\r\n"), Map.entry("b", "received"),
				Map.entry("c", "three"));
		assertThat(free.get("d")).isNull();
		Map<String, String> sent = new LinkedHashMap<>();
		free.forEachDirect(sent::put);
		assertThat(sent).containsOnly(Map.entry("a name: with anything", "one\r\n"), Map.entry("b", "two"));
		free.remove("b");
		assertThat(free.get("b")).isNull();
	}

	@Test
	void valuesMoveByName() {
		this.store.set("symbol", "one").set("header", "two");
		this.store.migrate(StreamPolicies.named("test")
			.metadata("header", "x-other:")
			.metadata("new", "")
			.directHeaders()
			.build());
		assertThat(this.store.asMap()).containsExactly(Map.entry("header", "two"));
		assertThat(this.store.get("new")).isNull();
		this.store.set("symbol", "now a header");
		assertThat(this.store.get("symbol")).isEqualTo("now a header");
	}

}
