package io.securestreams.policy.json.keys;

import java.util.Map;
import java.util.function.Function;

import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.Template;
import io.securestreams.policy.WebSocketPolicy;
import io.securestreams.policy.http.Http2Policy;
import io.securestreams.policy.http.HttpOutcome;
import io.securestreams.policy.http.RedirectPolicy;
import io.securestreams.policy.http.WebSocketOptions;
import io.securestreams.policy.json.table.Draft;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.table.KeyRow.Finder;
import io.securestreams.policy.json.table.Scope;
import io.securestreams.policy.json.table.Theme;
import io.securestreams.policy.json.table.Types;
import io.securestreams.policy.json.table.ValueType;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for over HTTP, and what counts as success.
 */
public final class HttpKeys {

	static final Theme THEME = new Theme("HTTP",
			"What is asked for, what counts as success, and what is done with redirects and cookies. Keys that "
					+ "have an effect with `ws` too are about its opening handshake.");

	private static final ValueType<Integer> STATUS = new ValueType<>("integer, 100 to 999, or 0",
			"{\"anyOf\":[{\"const\":0},{\"type\":\"integer\",\"minimum\":100,\"maximum\":999},"
					+ "{\"$ref\":\"#/$defs/digits\"}]}",
			StreamValues::status);

	private static final ValueType<Map<Integer, Integer>> RESPONSE_MAP = Types.entries(
			"array of objects `{\"status\": state}`, at most 16", "{\"pattern\":\"^[1-9][0-9]{2}$\"}",
			"{\"description\":\"The state.\",\"anyOf\":[{\"type\":\"integer\",\"minimum\":1,\"maximum\":65535},"
					+ "{\"$ref\":\"#/$defs/digits\"}]}",
			StreamValues::responseMap);

	public static final Key<String> HTTP_METHOD = THEME
		.key("http_method", Types.token("a method such as GET or POST"), Scope.HTTP_CLIENT)
		.or(HttpPolicy.DEFAULT_METHOD)
		.from((stream) -> (stream.protocol() instanceof HttpPolicy http) ? http.method() : null)
		.more("Methods are written in capitals. Without a message to send, any method goes out without a body.")
		.says("Request method; GET if not given.");

	static final Key<Template> HTTP_URL = THEME.template("http_url", Scope.WEB)
		.from(http(HttpPolicy::url))
		.older("aux")
		.example("\"http_url\": \"items/${id}?of=${kind}\"")
		.more("""
				The slash at its beginning may be left out. Values of metadata are inserted as they are. On a \
				server: the path from which on requests belong to the streamtype, whole segments only.""")
		.says("Path and query of the request; ${name} is replaced by metadata.");

	public static final Key<Integer> HTTP_EXPECT = THEME.key("http_expect", STATUS, Scope.HTTP_CLIENT)
		.or(0)
		.from(http((http) -> http.outcome().expect()))
		.more("Success is `QOS_ACK_REMOTE`, anything else `QOS_NACK_REMOTE`; 429 and 503 are tried again.")
		.says("The one status that is a success; 0 means 200 to 299.");

	public static final Key<Map<Integer, Integer>> HTTP_RESP_MAP = THEME
		.key("http_resp_map", RESPONSE_MAP, Scope.HTTP_CLIENT)
		.or(Map.of())
		.from(http((http) -> http.outcome().userStates()))
		.example("\"http_resp_map\": [ { \"404\": 1404 } ]")
		.more("A state below 1000 is never told: it could be taken for one of the engine's own.")
		.says("Statuses that are told to the application as states of its own, 1000 and above.");

	public static final Key<Boolean> ALLOW_REDIRECTS = THEME.strictFlag("allow_redirects", Scope.WEB_CLIENT)
		.from(http((http) -> http.redirects().follow()))
		.more("""
				Without it a redirect is a failure. Credentials, cookies, identity headers and client certificates \
				never follow to another host, scheme or port.""")
		.says("Whether redirects are followed.");

	public static final Key<Boolean> HTTP_FAIL_REDIRECT = THEME.strictFlag("http_fail_redirect", Scope.WEB_CLIENT)
		.from(http((http) -> http.redirects().captivePortal()))
		.more("It is never followed then, whatever `allow_redirects` says.")
		.says("Whether a redirect means a captive portal.");

	static final Key<Boolean> HTTP_COOKIES = THEME.flag("http_cookies", Scope.WEB_CLIENT)
		.from(http(HttpPolicy::cookies))
		.more("A cookie goes back to the very host that set it. How many are kept is a limit of the application.")
		.says("Whether cookies are kept and sent.");

	static final Key<Boolean> NGHTTP2_QUIRK_END_STREAM = THEME.flag("nghttp2_quirk_end_stream", Scope.HTTP_2)
		.from(http2(Http2Policy::endStreamQuirk))
		.more("It always does, except with `long_poll`.")
		.says("HTTP/2: whether a request without body ends with its headers.");

	static final Key<Boolean> H2Q_OFLOW_TXCR = THEME.flag("h2q_oflow_txcr", Scope.HTTP_2)
		.from(http2(Http2Policy::tolerateWindowOverflow))
		.more("Without it, a window above 2^31-1 ends the connection, as RFC 9113 wants.")
		.says("HTTP/2: whether a peer may grant more tx credit than the protocol allows.");

	static final Key<Boolean> LONG_POLL = THEME.flag("long_poll", Scope.HTTP_2)
		.from(http2(Http2Policy::longPoll))
		.more("No time limit applies to its body then.")
		.says("HTTP/2: whether the response never ends.");

	static final Key<Boolean> H2_PRIOR_KNOWLEDGE = THEME.flag("h2_prior_knowledge", Scope.HTTP_2)
		.from(http2(Http2Policy::priorKnowledge))
		.more("Without it, `h2` without `tls` is HTTP/1.1.")
		.example("\"protocol\": \"h2\", \"h2_prior_knowledge\": true")
		.says("HTTP/2 without TLS from the first byte on.");

	private HttpKeys() {
	}

	/** Finds a value in what a streamtype says about HTTP, handshakes included. */
	static <T> Finder<T> http(Function<HttpPolicy, T> value) {
		return (stream) -> {
			if (stream.protocol() instanceof HttpPolicy http) {
				return value.apply(http);
			}
			return (stream.protocol() instanceof WebSocketPolicy webSocket) ? value.apply(webSocket.handshake()) : null;
		};
	}

	private static <T> Finder<T> http2(Function<Http2Policy, T> value) {
		return http((http) -> value.apply(http.http2()));
	}

	static HttpPolicy policy(Protocol version, String method, @Nullable WebSocketOptions upgrade, Draft from) {
		HttpOutcome outcome = new HttpOutcome(from.get(HTTP_EXPECT), from.get(HTTP_RESP_MAP));
		RedirectPolicy redirects = new RedirectPolicy(from.get(ALLOW_REDIRECTS), from.get(HTTP_FAIL_REDIRECT));
		Http2Policy http2 = new Http2Policy(from.get(NGHTTP2_QUIRK_END_STREAM), from.get(H2Q_OFLOW_TXCR),
				from.get(LONG_POLL), from.get(H2_PRIOR_KNOWLEDGE));
		return new HttpPolicy(version, method, from.get(HTTP_URL),
				outcome.equals(HttpOutcome.DEFAULT) ? HttpOutcome.DEFAULT : outcome,
				redirects.equals(RedirectPolicy.REFUSE) ? RedirectPolicy.REFUSE : redirects, IdentityKeys.headers(from),
				BodyKeys.body(from), from.get(HTTP_COOKIES),
				http2.equals(Http2Policy.DEFAULT) ? Http2Policy.DEFAULT : http2, upgrade);
	}

}
