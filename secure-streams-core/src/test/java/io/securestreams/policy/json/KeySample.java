package io.securestreams.policy.json;

import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;

import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.MqttPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.WebSocketPolicy;
import org.jspecify.annotations.Nullable;

/**
 * One key of a streamtype: a value for it, what becomes of that, and a value that is
 * wrong.
 *
 * @param key name in the document
 * @param with other keys that it needs
 * @param value its value as JSON
 * @param found finds it in the streamtype's policy
 * @param expected what is found
 * @param bad a value that is refused
 */
public record KeySample(String key, String with, String value, Function<StreamPolicy, @Nullable Object> found,
		String expected, String bad) {

	private static final String H1 = "\"protocol\": \"h1\", ";

	private static final String H2 = "\"protocol\": \"h2\", ";

	private static final String WS = "\"protocol\": \"ws\", ";

	private static final String MQTT = "\"protocol\": \"mqtt\", ";

	private static final String WILL = MQTT + "\"mqtt_will_topic\": \"w\", ";

	private static final String BIRTH = MQTT + "\"mqtt_birth_topic\": \"b\", ";

	private static final String AUTH = "\"use_auth\": \"aws\", ";

	/** Every key of the language, older spellings included. */
	public static final List<KeySample> ALL = List.of(flag("server", "", (s) -> s.role() == StreamPolicy.Role.SERVER),
			flag("local_sink", "", (s) -> s.role() == StreamPolicy.Role.LOCAL_SINK),
			text("endpoint", "", (s) -> s.endpoint().address()),
			number("port", "", "65535", (s) -> s.endpoint().port(), "65536"),
			sample("protocol", "", "\"raw\"", (s) -> s.protocol().protocol(), "RAW", "\"h4\""),
			sample("via-socks5", "", "\"u:p@[::1]:1080\"", (s) -> s.endpoint().socks5(), "u:***@::1:1080", "\"u\""),
			sample("plugins", "", "[]", (s) -> "without effect", "without effect", "{}"),
			flag("tls", "", (s) -> s.tls().enabled()),
			sample("tls_trust_store", "", "\"mine\"", (s) -> s.tls().trustStore().name(), "mine", "5"),
			number("client_cert", "", "254", (s) -> s.tls().clientCertificate(), "255"),
			sample("server_cert", "", "\"leaf\"", (s) -> s.tls().serverCertificate().name(), "leaf", "true"),
			sample("server_key", "", "\"leaf-key\"", (s) -> s.tls().serverKey().name(), "leaf-key", "null"),
			flag("opportunistic", "", (s) -> s.persistence().opportunistic()),
			flag("nailed_up", "", (s) -> s.persistence().nailedUp()),
			sample("retry", "", "\"slow\"", (s) -> s.persistence().retry().name(), "slow", "[]"),
			sample("timeout_ms", "", "4294967295", (s) -> s.persistence().timeout().toMillis(), "4294967295",
					"4294967296"),
			flag("swake_validity", "", (s) -> s.persistence().wakeForValidity()),
			number("attr_priority", "", "7", (s) -> s.trafficClass().priority(), "8"),
			flag("attr_low_latency", "", (s) -> s.trafficClass().lowLatency()),
			flag("attr_high_throughput", "", (s) -> s.trafficClass().highThroughput()),
			flag("attr_high_reliability", "", (s) -> s.trafficClass().highReliability()),
			flag("attr_low_cost", "", (s) -> s.trafficClass().lowCost()),
			sample("metadata", "", "[ { \"a\": \"x-a:\" }, { \"b\": \"\", \"c\": \"\" } ]",
					(s) -> s.metadata().stream().map((each) -> each.name() + "=" + each.entity()).toList(),
					"[a=x-a:, b=, c=]", "[ \"a\" ]"),
			sample("options", "", "[ { \"a\": \"b\" } ]", (s) -> s.features().options(), "{a=b}", "[ { \"a\": 1 } ]"),
			flag("perf", "", (s) -> s.features().perf()),
			flag("direct_proto_str", "", (s) -> s.features().directHeaders()),
			flag("urgent_tx", "", (s) -> s.features().urgentTx()),
			flag("urgent_rx", "", (s) -> s.features().urgentRx()),
			text("payload_fmt", "", (s) -> s.features().payloadFormat()),
			sample("rideshare", "", "\"y\"", (s) -> s.features().rideshare(), "y", "1"),
			sample("use_auth", "", "\"aws\"", (s) -> s.features().auth().scheme().name(), "aws", "1"),
			text("aws_region", AUTH, (s) -> s.features().auth().regionMetadata()),
			text("aws_service", AUTH, (s) -> s.features().auth().serviceMetadata()),
			number("proxy_buflen", "", "70000", (s) -> s.proxyBuffers().proxyBuffer(), "-1"),
			number("proxy_buflen_rxflow_on_above", "", "2", (s) -> s.proxyBuffers().proxyFlowOnAbove(), "1.5"),
			number("proxy_buflen_rxflow_off_below", "", "1", (s) -> s.proxyBuffers().proxyFlowOffBelow(), "1000.5"),
			number("client_buflen", "", "70000", (s) -> s.proxyBuffers().clientBuffer(), "4294967296"),
			number("client_buflen_rxflow_on_above", "", "2", (s) -> s.proxyBuffers().clientFlowOnAbove(), "true"),
			number("client_buflen_rxflow_off_below", "", "1", (s) -> s.proxyBuffers().clientFlowOffBelow(), "\"a\""),
			sample("http_method", H1, "\"PATCH\"", (s) -> http(s).method(), "PATCH", "\"GET /\""),
			sample("http_url", H1, "\"a/${b}?c=$d\"", (s) -> http(s).url(), "a/${b}?c=$d", "\"${b\""),
			sample("aux", H1, "\"a/${b}\"", (s) -> http(s).url(), "a/${b}", "\"${}\""),
			number("http_expect", H1, "204", (s) -> http(s).outcome().expect(), "99"),
			sample("http_resp_map", H1, "[ { \"530\": 1530 }, { \"531\": 1531 } ]",
					(s) -> new TreeMap<>(http(s).outcome().userStates()), "{530=1530, 531=1531}",
					"[ { \"53\": 1530 } ]"),
			flag("allow_redirects", H1, (s) -> http(s).redirects().follow()),
			flag("http_fail_redirect", H1, (s) -> http(s).redirects().captivePortal()),
			header("http_auth_header", (s) -> http(s).headers().auth()),
			text("http_auth_preamble", H1, (s) -> http(s).headers().authPreamble()),
			flag("auth_hexify", H1, (s) -> http(s).headers().authHex()),
			header("http_dsn_header", (s) -> http(s).headers().deviceSerial()),
			header("http_fwv_header", (s) -> http(s).headers().firmwareVersion()),
			header("http_devtype_header", (s) -> http(s).headers().deviceType()),
			flag("http_no_content_length", H1, (s) -> http(s).body().noContentLength()),
			flag("http_www_form_urlencoded", H1, (s) -> http(s).body().formUrlEncoded()),
			text("http_multipart_name", H1, (s) -> http(s).body().multipart().name()),
			text("http_multipart_filename", H1, (s) -> http(s).body().multipart().filename()),
			text("http_mime_content_type", H1, (s) -> http(s).body().multipart().contentType()),
			text("http_multipart_content_type", H1, (s) -> http(s).body().multipart().contentType()),
			flag("http_multipart_ss_in", H1, (s) -> http(s).body().multipartIn()),
			flag("http_cookies", H1, (s) -> http(s).cookies()),
			flag("nghttp2_quirk_end_stream", H2, (s) -> http(s).http2().endStreamQuirk()),
			flag("h2q_oflow_txcr", H2, (s) -> http(s).http2().tolerateWindowOverflow()),
			flag("long_poll", H2, (s) -> http(s).http2().longPoll()),
			flag("h2_prior_knowledge", H2, (s) -> http(s).http2().priorKnowledge()),
			sample("faults", "", "[ { \"refuse\": 1 }, { \"status\": 503 } ]", (s) -> s.features().faults(),
					"refuse, status 503", "[ { \"refuse\": -1 } ]"),
			sample("ws_subprotocol", WS, "\"chat\"", (s) -> webSocket(s).options().subprotocol(), "chat", "\"a, b\""),
			flag("ws_binary", WS, (s) -> webSocket(s).options().binary()),
			flag("ws_prioritize_reads", WS, (s) -> webSocket(s).options().prioritizeReads()),
			flag("ws_deflate", WS, (s) -> webSocket(s).options().deflate()),
			flag("ws_over_h2", WS, (s) -> webSocket(s).options().overHttp2()),
			text("mqtt_topic", MQTT, (s) -> mqtt(s).topic()),
			sample("mqtt_subscribe", MQTT, "[ \"a/+\", \"b\" ]", (s) -> mqtt(s).subscribe(), "[a/+, b]", "[]"),
			sample("mqtt_version", MQTT, "5", (s) -> mqtt(s).options().version(), "5", "6"),
			number("mqtt_session_expiry", MQTT + "\"mqtt_version\": 5, ", "4294967295",
					(s) -> mqtt(s).options().sessionExpirySeconds(), "4294967296"),
			number("mqtt_message_expiry", MQTT + "\"mqtt_version\": 5, ", "60",
					(s) -> mqtt(s).options().messageExpirySeconds(), "-1"),
			number("mqtt_will_delay", WILL, "5", (s) -> mqtt(s).options().willDelaySeconds(), "-1"),
			flag("mqtt_over_ws", MQTT, (s) -> mqtt(s).options().overWebSocket()),
			number("mqtt_qos", MQTT, "2", (s) -> mqtt(s).qos(), "3"),
			number("mqtt qos", MQTT, "1", (s) -> mqtt(s).qos(), "-1"),
			flag("mqtt_retain", MQTT, (s) -> mqtt(s).retain()),
			number("mqtt_keep_alive", MQTT, "65535", (s) -> mqtt(s).keepAliveSeconds(), "65536"),
			flag("mqtt_clean_start", MQTT, (s) -> mqtt(s).cleanStart()),
			text("mqtt_will_topic", MQTT, (s) -> mqtt(s).will().topic()),
			text("mqtt_will_message", WILL, (s) -> mqtt(s).will().payload()),
			number("mqtt_will_qos", WILL, "2", (s) -> mqtt(s).will().qos(), "3"),
			flag("mqtt_will_retain", WILL, (s) -> mqtt(s).will().retain()),
			text("mqtt_birth_topic", MQTT, (s) -> mqtt(s).birth().topic()),
			text("mqtt_birth_message", BIRTH, (s) -> mqtt(s).birth().payload()),
			number("mqtt_birth_qos", BIRTH, "2", (s) -> mqtt(s).birth().qos(), "3"),
			flag("mqtt_birth_retain", BIRTH, (s) -> mqtt(s).birth().retain()),
			flag("aws_iot", MQTT, (s) -> mqtt(s).awsIot()),
			number("client cert", "", "3", (s) -> s.tls().clientCertificate(), "256"));

	private static KeySample sample(String key, String with, String value,
			Function<StreamPolicy, @Nullable Object> found, String expected, String bad) {
		return new KeySample(key, with, value, found, expected, bad);
	}

	private static KeySample flag(String key, String with, Function<StreamPolicy, @Nullable Object> found) {
		return sample(key, with, "true", found, "true", "\"perhaps\"");
	}

	private static KeySample number(String key, String with, String value,
			Function<StreamPolicy, @Nullable Object> found, String bad) {
		return sample(key, with, value, found, value, bad);
	}

	private static KeySample text(String key, String with, Function<StreamPolicy, @Nullable Object> found) {
		return sample(key, with, "\"some text\"", found, "some text", "\"a\\u0000b\"");
	}

	private static KeySample header(String key, Function<StreamPolicy, @Nullable Object> found) {
		return sample(key, H1, "\"x-some:\"", found, "x-some:", "\"a b:\"");
	}

	private static HttpPolicy http(StreamPolicy policy) {
		return (HttpPolicy) policy.protocol();
	}

	private static WebSocketPolicy webSocket(StreamPolicy policy) {
		return (WebSocketPolicy) policy.protocol();
	}

	private static MqttPolicy mqtt(StreamPolicy policy) {
		return (MqttPolicy) policy.protocol();
	}

	/** A document that has the key. */
	public String document() {
		return document(this.value);
	}

	/** A document that is refused, or suspected, for this key alone. */
	public String badDocument() {
		return document(this.bad);
	}

	private String document(String json) {
		return "{" + Documents.SECTIONS + "\"s\": [ { \"y\": {}, \"x\": {" + this.with + "\"" + this.key + "\": " + json
				+ "} } ] }";
	}

	@Override
	public String toString() {
		return this.key;
	}

}
