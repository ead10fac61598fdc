package io.securestreams.transport.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;

import io.securestreams.policy.StreamPolicy;
import io.securestreams.testing.TestMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * README section "metadata": which values become headers, and which come from them.
 */
class MetadataHeadersTests {

	private final StreamPolicy policy = TestHttpPolicy.get("/${id}")
		.metadata("id", "x-id:")
		.metadata("type", "Content-Type:")
		.metadata("note", "")
		.build();

	private final TestMetadata metadata = new TestMetadata(this.policy.metadata());

	private final MetadataHeaders headers = new MetadataHeaders(this.policy);

	private List<String> sent() {
		this.headers.refresh(this.metadata);
		List<String> fields = new ArrayList<>();
		this.headers.forEach(this.metadata, (name, value) -> fields.add(name + "=" + value));
		return fields;
	}

	private void receive(Map<String, String> fields) {
		this.headers.receive(new ReceivedHeaders() {
			@Override
			public @Nullable String first(String name) {
				return fields.get(name);
			}

			@Override
			public void forEach(BiConsumer<String, String> each) {
				fields.forEach(each);
			}
		}, this.metadata);
	}

	@Test
	void lastDeclaredFirstAndOnlyWhatIsSet() {
		this.metadata.set("id", "1").set("note", "n");
		assertThat(sent()).containsExactly("x-id=1");
		this.metadata.set("type", "a/b");
		assertThat(sent()).containsExactly("Content-Type=a/b", "x-id=1");
		this.metadata.set("id", "");
		assertThat(sent()).containsExactly("Content-Type=a/b");
	}

	@Test
	void changesAreNoticed() {
		assertThat(this.headers.refresh(this.metadata)).isTrue();
		assertThat(this.headers.refresh(this.metadata)).isFalse();
		this.metadata.set("id", "1");
		assertThat(this.headers.refresh(this.metadata)).isTrue();
		this.metadata.set("id", new String("1"));
		assertThat(this.headers.refresh(this.metadata)).isFalse();
		this.metadata.remove("id");
		assertThat(this.headers.refresh(this.metadata)).isTrue();
	}

	@Test
	void receivedValuesAreSeenButNotSent() {
		this.metadata.set("type", "mine");
		receive(Map.of("content-type", "theirs", "x-id", "7"));
		assertThat(this.metadata.asMap()).isEqualTo(Map.of("id", "7", "type", "theirs"));
		assertThat(sent()).containsExactly("Content-Type=mine");
		this.metadata.set("note", "n");
		assertThat(sent()).containsExactly("Content-Type=mine");
		receive(Map.of("content-type", "theirs", "x-id", "7"));
		assertThat(sent()).containsExactly("Content-Type=mine");
		this.metadata.set("type", "new");
		assertThat(sent()).containsExactly("Content-Type=new");
	}

	@Test
	void ofARepeatedHeaderTheFirstValueCountsDeclaredOrNot() {
		MetadataHeaders direct = new MetadataHeaders(TestHttpPolicy.get("/").metadata("id", "x-id:").direct().build());
		TestMetadata seen = new TestMetadata(
				TestHttpPolicy.get("/").metadata("id", "x-id:").direct().build().metadata());
		direct.receive(new ReceivedHeaders() {
			@Override
			public @Nullable String first(String name) {
				return name.equals("x-id") ? "1" : null;
			}

			@Override
			public void forEach(BiConsumer<String, String> each) {
				each.accept("x-id", "1");
				each.accept("x-other", "a");
				each.accept("x-id", "2");
				each.accept("x-other", "b");
			}
		}, seen);
		assertThat(seen.get("id")).isEqualTo("1");
		assertThat(seen.received).isEqualTo(Map.of("x-id", "1", "x-other", "a"));
	}

	@Test
	void aReceivedValueThatIsSetIsSent() {
		this.headers.refresh(this.metadata);
		receive(Map.of("content-type", "theirs"));
		assertThat(this.headers.refresh(this.metadata)).isFalse();
		this.metadata.set("type", Objects.requireNonNull(this.metadata.get("type")));
		assertThat(this.headers.refresh(this.metadata)).isTrue();
		assertThat(sent()).containsExactly("Content-Type=theirs");
		receive(Map.of("content-type", "others"));
		assertThat(sent()).containsExactly("Content-Type=theirs");
	}

	@Test
	void splittingIsRefused() {
		this.metadata.set("type", "a\nb");
		assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(this::sent);
	}

}
