package io.securestreams.transport.http;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.SecureStreamsException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ServerRoutesTests {

	private ServerRoutes routes = ServerRoutes.NONE;

	@Test
	void longestPrefixCounts() {
		add("h1", "all", "");
		add("h1", "api", "api/");
		add("h1", "users", "/api/users");
		assertThat(requested("/")).isEqualTo("all");
		assertThat(requested("/index.html?x=1")).isEqualTo("all");
		assertThat(requested("/api")).isEqualTo("api");
		assertThat(requested("/api?x=1")).isEqualTo("api");
		assertThat(requested("/api/orders")).isEqualTo("api");
		assertThat(requested("/api/users/7")).isEqualTo("users");
	}

	@Test
	void prefixesEndWhereSegmentsEnd() {
		add("h1", "api", "api");
		assertThat(this.routes.request("/apis")).isNull();
		assertThat(this.routes.request("/ap")).isNull();
	}

	@Test
	void requestsAndWebSocketsOfOnePathGoToTheirOwn() {
		add("h1", "page", "chat");
		add("ws", "chat", "chat");
		assertThat(requested("/chat")).isEqualTo("page");
		assertThat(upgraded("/chat")).isEqualTo("chat");
		assertThat(this.routes.serveWebSocket()).isTrue();
	}

	@Test
	void oneStreamtypeMayServeBoth() {
		add("h1", "both", "", "\"ws_subprotocol\": \"chat.v1\"");
		assertThat(requested("/")).isEqualTo("both");
		assertThat(upgraded("/", "chat.v1")).isEqualTo("both");
	}

	@Test
	void subprotocolTheClientPrefersCounts() {
		add("ws", "v1", "", "\"ws_subprotocol\": \"chat.v1\"");
		add("ws", "v2", "", "\"ws_subprotocol\": \"chat.v2\"");
		assertThat(upgraded("/", "chat.v2", "chat.v1")).isEqualTo("v2");
		assertThat(upgraded("/", "other", "chat.v1")).isEqualTo("v1");
		assertThat(this.routes.webSocket("/", List.of("other"))).isNull();
		assertThat(this.routes.webSocket("/", List.of())).isNull();
		assertThat(this.routes.coversWebSocket("/")).isTrue();
	}

	@Test
	void streamtypeWithoutSubprotocolTakesWhoeverIsLeft() {
		add("ws", "any", "");
		add("ws", "v1", "", "\"ws_subprotocol\": \"chat.v1\"");
		assertThat(upgraded("/", "chat.v1")).isEqualTo("v1");
		assertThat(upgraded("/", "other")).isEqualTo("any");
		assertThat(upgraded("/")).isEqualTo("any");
	}

	@Test
	void longerPrefixCountsMoreThanSubprotocol() {
		add("ws", "v1", "", "\"ws_subprotocol\": \"chat.v1\"");
		add("ws", "room", "room");
		assertThat(upgraded("/room/1", "chat.v1")).isEqualTo("room");
		assertThat(upgraded("/hall", "chat.v1")).isEqualTo("v1");
	}

	@Test
	void refusesTwoStreamtypesForTheSameRequests() {
		add("h1", "one", "api");
		assertThatExceptionOfType(SecureStreamsException.class).isThrownBy(() -> add("h2", "other", "/api/"))
			.withMessage("streamtypes \"one\" and \"other\" share a listener and both serve \"/api/\" "
					+ "(expected: different http_url or, for WebSocket, different ws_subprotocol)");
	}

	@Test
	void forgetsWhoLeaves() {
		add("h1", "all", "");
		ServerRoute api = route("h1", "api", "api", "\"opportunistic\": true");
		this.routes = this.routes.with(api);
		this.routes = this.routes.without(api);
		assertThat(requested("/api")).isEqualTo("all");
		assertThat(this.routes.isEmpty()).isFalse();
		assertThat(this.routes.serveWebSocket()).isFalse();
	}

	private String requested(String path) {
		return name(this.routes.request(path));
	}

	private String upgraded(String path, String... offered) {
		return name(this.routes.webSocket(path, List.of(offered)));
	}

	private static String name(ServerRoute route) {
		assertThat(route).isNotNull();
		return route.policy().name();
	}

	private void add(String protocol, String name, String url) {
		add(protocol, name, url, "\"nailed_up\": false");
	}

	private void add(String protocol, String name, String url, String more) {
		this.routes = this.routes.with(route(protocol, name, url, more));
	}

	private static ServerRoute route(String protocol, String name, String url, String more) {
		String text = """
				{ "s": [ { "%s": { "server": true, "protocol": "%s", "http_url": "%s", %s } } ] }
				""".formatted(name, protocol, url, more);
		StreamPolicy policy = PolicyJson.read(text, "test").policy().streamTypes().get(name);
		return ServerRoute.of(policy, (executor, transport, peer) -> null);
	}

}
