package io.securestreams.spring.boot.actuate.endpoint;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

import io.securestreams.spring.testing.FakeStream;
import io.securestreams.spring.testing.FakeStreamFactory;
import io.securestreams.spring.testing.TestPolicies;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.StreamState;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SecureStreamsEndpoint} and {@link SecureStreamsEndpointWebExtension}.
 */
class SecureStreamsEndpointTests {

	private final FakeStreamFactory streams = new FakeStreamFactory(TestPolicies.POLICY);

	private final SecureStreamsEndpoint endpoint = new SecureStreamsEndpoint(this.streams);

	private final SecureStreamsEndpointWebExtension web = new SecureStreamsEndpointWebExtension(this.endpoint);

	@BeforeEach
	void start() {
		this.streams.create("mintest", new StreamHandler() {
		});
		this.streams.listen("chat", () -> new StreamHandler() {
		});
		this.streams.fakeServer("chat").accept();
	}

	@Test
	void showsStreamsAndServers() {
		SecureStreamsDescriptor all = this.endpoint.streams();
		assertThat(all.streams()).extracting(StreamDescriptor::id).containsExactly("mintest#1", "chat#0|1");
		assertThat(all.streams()).extracting(StreamDescriptor::role)
			.containsExactly(StreamRole.CLIENT, StreamRole.ACCEPTED);
		assertThat(all.servers()).singleElement().satisfies((server) -> {
			assertThat(server.address()).isEqualTo("127.0.0.1:7681");
			assertThat(server.clients()).containsExactly("chat#0|1");
		});
	}

	@Test
	void showsWhatPeopleLookFor() {
		FakeStream stream = this.streams.fake("mintest");
		stream.fail(new StreamFailure(StreamFailure.Phase.BUSY, "503", "h:443", new IllegalStateException("x"), true,
				Duration.ofSeconds(3)));
		stream.metadata().set("path", "secret");
		stream.announce(StreamState.UNREACHABLE);
		StreamDescriptor shown = this.endpoint.stream("mintest#1");
		assertThat(shown).isNotNull();
		assertThat(shown.streamtype()).isEqualTo("mintest");
		assertThat(shown.protocol()).isEqualTo("h1");
		assertThat(shown.state()).isEqualTo(StreamState.UNREACHABLE);
		assertThat(shown.since()).isEqualTo(Instant.EPOCH);
		assertThat(shown.peer()).isEqualTo("127.0.0.1:443");
		assertThat(shown.retryCount()).isEqualTo(2);
		assertThat(shown.counters().receivedBytes()).isEqualTo(6);
		assertThat(shown.lastFailure()).isEqualTo(new StreamDescriptor.FailureDescriptor(StreamFailure.Phase.BUSY,
				"503", "h:443", true, Duration.ofSeconds(3)));
		assertThat(shown.address()).isNull();
		assertThat(JsonMapper.builder().build().writeValueAsString(shown)).doesNotContain("secret");
	}

	@Test
	void findsServersById() {
		assertThat(this.endpoint.stream("chat#0")).isNotNull()
			.extracting(StreamDescriptor::role)
			.isEqualTo(StreamRole.LISTENER);
		assertThat(this.endpoint.stream("none")).isNull();
	}

	@Test
	void actsOnStreams() {
		FakeStream stream = this.streams.fake("mintest");
		assertThat(this.web.act("mintest#1", "connect").getStatus()).isEqualTo(204);
		assertThat(this.web.act("mintest#1", "disconnect").getStatus()).isEqualTo(204);
		assertThat(this.web.act("mintest#1", "hang-up").getStatus()).isEqualTo(204);
		assertThat(this.web.act("mintest#1", "destroy").getStatus()).isEqualTo(204);
		assertThat(stream.calls()).containsExactly("connect", "disconnect", "hangUp", "close");
		assertThat(this.web.act("mintest#1", "destroy").getStatus()).isEqualTo(404);
	}

	@Test
	void destroysServers() {
		assertThat(this.web.act("chat#0", "destroy").getStatus()).isEqualTo(204);
		assertThat(this.streams.fakeServer("chat").calls()).containsExactly("close");
	}

	@Test
	void refusesWhatDoesNotExist() {
		assertRefused("mintest#1", "explode", "action: explode (expected: connect, disconnect, hang-up, destroy)");
		assertRefused("mintest#1", null, "action: null (expected: connect, disconnect, hang-up, destroy)");
		assertRefused("chat#0|1", "connect", "action: connect (expected: disconnect, hang-up, destroy)");
		assertRefused("chat#0", "disconnect", "action: disconnect (expected: destroy)");
		assertThat(this.web.act("none", "connect").getStatus()).isEqualTo(404);
		assertThat(this.streams.fake("mintest").calls()).isEmpty();
	}

	@Test
	void actsOverJmxToo() {
		assertThat(this.endpoint.act("none", "connect")).isNull();
		assertThat(this.endpoint.act("mintest#1", "connect")).isNotNull();
		assertThat(this.streams.fake("mintest").calls()).containsExactly("connect");
		assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(() -> this.endpoint.act("mintest#1", "explode"));
	}

	private void assertRefused(String id, @org.jspecify.annotations.Nullable String action, String reason) {
		WebEndpointResponse<Map<String, String>> response = this.web.act(id, action);
		assertThat(response.getStatus()).isEqualTo(400);
		assertThat(response.getBody()).isEqualTo(Map.of("error", reason));
	}

}
