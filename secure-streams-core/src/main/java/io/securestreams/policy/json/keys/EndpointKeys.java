package io.securestreams.policy.json.keys;

import java.util.Locale;

import io.securestreams.policy.Protocol;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.StreamPolicy.Endpoint;
import io.securestreams.policy.StreamPolicy.Role;
import io.securestreams.policy.Template;
import io.securestreams.policy.json.table.Draft;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.table.Scope;
import io.securestreams.policy.json.table.Theme;
import io.securestreams.policy.json.table.Types;
import io.securestreams.policy.json.table.ValueType;
import io.securestreams.policy.json.table.Values;

/**
 * What a streamtype is, and where it connects or listens.
 */
public final class EndpointKeys {

	static final Theme THEME = new Theme("Role and endpoint",
			"What the streamtype is, the protocol it speaks, and where it connects or listens.");

	public static final Key<Boolean> SERVER = THEME.strictFlag("server", Scope.ANY)
		.from((stream) -> stream.role() == Role.SERVER)
		.more("Without `server` and `local_sink` it is a client.")
		.says("Whether this is a server: it listens on endpoint and port.");

	public static final Key<Boolean> LOCAL_SINK = THEME.strictFlag("local_sink", Scope.ANY)
		.from((stream) -> stream.role() == Role.LOCAL_SINK)
		.more("There is no network then. It excludes `server`.")
		.says("Whether streams of this type are joined to a sink in the same process.");

	public static final Key<Template> ENDPOINT = THEME.template("endpoint", Scope.CONNECTION)
		.from((stream) -> stream.endpoint().address())
		.otherwise("none; servers: all interfaces")
		.example("\"endpoint\": \"${region}.example.com\"")
		.more("A URL brings its own scheme, port and path, which come before `port` and `http_url`. "
				+ "`https`, `wss` and `mqtts` mean TLS; `http`, `ws` and `mqtt` do not go together with `tls`. "
				+ "`+` and `file://` count in the policy's own text only, never in a value of metadata, which may not "
				+ "bring `..` into their path either; a URL as a value has to have the scheme that `tls` stands for. "
				+ "A server may also name a virtual host of the application, as `!name`.")
		.says("Client: host, URL, +/unix/socket, +@abstract socket or file:///path; ${name} is replaced by "
				+ "metadata. Server: interface or address to bind, all if empty.");

	public static final Key<Integer> PORT = THEME.integer("port", Values.U16, Scope.CONNECTION)
		.from((stream) -> stream.endpoint().port())
		.example("\"port\": 443")
		.says("TCP port; on a server 0 means any free port.");

	public static final Key<Protocol> PROTOCOL = THEME.key("protocol", Types.PROTOCOL, Scope.CONNECTION)
		.or(Protocol.H1)
		.from((stream) -> stream.protocol().protocol())
		.more("""
				`h1` is HTTP/1.1, `h2` HTTP/2, `ws` WebSocket, `mqtt` MQTT (clients only), `raw` plain bytes. `h3` \
				(HTTP/3) is read, but not there yet: no stream of such a type can connect.""")
		.says("Wire protocol; h1 if not given. \"h1get\" is an older spelling of \"h1\".");

	static final Key<Socks5Proxy> VIA_SOCKS5 = THEME.key("via-socks5", Types.SOCKS5, Scope.CLIENT_CONNECTION)
		.from((stream) -> stream.endpoint().socks5())
		.otherwise("the policy's, else the application's")
		.more("The proxy looks the name up, and there is no way around it. Unix sockets and files do not use it.")
		.says("SOCKS5 proxy of this streamtype.");

	static final Key<Boolean> PLUGINS = THEME
		.key("plugins", new ValueType<>("array", "{\"type\":\"array\",\"deprecated\":true}", StreamValues::plugins),
				Scope.ANY)
		.or(false)
		.otherwise("none")
		.more("It never had one. An empty array is accepted silently.")
		.says("Without effect.");

	private EndpointKeys() {
	}

	public static Role role(Draft from) {
		if (from.isTrue(LOCAL_SINK)) {
			return Role.LOCAL_SINK;
		}
		return from.isTrue(SERVER) ? Role.SERVER : Role.CLIENT;
	}

	/**
	 * The scheme of a client's endpoint, in lower case, as far as it stands in the policy
	 * itself; empty if there is none. What metadata brings does not count.
	 */
	static String scheme(Draft from) {
		String endpoint = from.get(ENDPOINT).text();
		int end = endpoint.indexOf("://");
		return (end > 0 && role(from) == Role.CLIENT && !endpoint.substring(0, end).contains("${"))
				? endpoint.substring(0, end).toLowerCase(Locale.ROOT) : "";
	}

	static Endpoint endpoint(Draft from) {
		return new Endpoint(from.get(ENDPOINT), from.get(PORT), from.find(VIA_SOCKS5));
	}

}
