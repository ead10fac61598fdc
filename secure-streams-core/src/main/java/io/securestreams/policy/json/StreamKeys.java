package io.securestreams.policy.json;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

import io.securestreams.policy.AuthScheme;
import io.securestreams.policy.CertificateEntry;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.Template;
import io.securestreams.policy.TrustStore;

/**
 * The keys of a streamtype.
 */
final class StreamKeys {

	static final KeyTable TABLE = new KeyTable();

	private static final Template NOTHING = Template.parse("");

	// What it is and where it connects

	static final Key<Boolean> SERVER = flag("server", Scope.ANY);

	static final Key<Boolean> LOCAL_SINK = flag("local_sink", Scope.ANY);

	static final Key<Template> ENDPOINT = template("endpoint", Scope.CONNECTION);

	static final Key<Integer> PORT = TABLE.add("port", Values.integer(0, Values.U16), 0, Scope.CONNECTION);

	static final Key<Protocol> PROTOCOL = TABLE.add("protocol", Values::protocol, Protocol.H1, Scope.CONNECTION);

	static final Key<Socks5Proxy> VIA_SOCKS5 = TABLE.add("via-socks5", Values::socks5, Scope.CLIENT_CONNECTION);

	static final Key<Boolean> PLUGINS = TABLE.add("plugins", StreamValues::plugins, false, Scope.ANY);

	// TLS

	static final Key<Boolean> TLS = flag("tls", Scope.CONNECTION);

	static final Key<TrustStore> TLS_TRUST_STORE = TABLE.add("tls_trust_store",
			(value, document) -> document.trustStores().reference(value, document), Scope.CONNECTION);

	static final Key<Integer> CLIENT_CERT = TABLE.add("client_cert", Values.integer(0, 254), Scope.CLIENT_CONNECTION);

	static final Key<CertificateEntry.X509> SERVER_CERT = TABLE.add("server_cert", StreamValues::certificate,
			Scope.SERVER_CONNECTION);

	static final Key<CertificateEntry.Key> SERVER_KEY = TABLE.add("server_key", StreamValues::privateKey,
			Scope.SERVER_CONNECTION);

	// How hard it holds on

	static final Key<Boolean> OPPORTUNISTIC = flag("opportunistic", Scope.CLIENT_CONNECTION);

	static final Key<Boolean> NAILED_UP = flag("nailed_up", Scope.CLIENT_CONNECTION);

	static final Key<RetryPolicy> RETRY = TABLE.add("retry",
			(value, document) -> document.retries().reference(value, document), RetryPolicy.NONE, Scope.CONNECTION);

	static final Key<Duration> TIMEOUT_MS = TABLE.add("timeout_ms", Values.duration(ChronoUnit.MILLIS, Values.U32),
			Duration.ZERO, Scope.ANY);

	static final Key<Boolean> SWAKE_VALIDITY = flag("swake_validity", Scope.CONNECTION);

	// Marking

	static final Key<Integer> ATTR_PRIORITY = TABLE.add("attr_priority", Values.integer(0, 7), 0, Scope.CONNECTION);

	static final Key<Boolean> ATTR_LOW_LATENCY = flag("attr_low_latency", Scope.CONNECTION);

	static final Key<Boolean> ATTR_HIGH_THROUGHPUT = flag("attr_high_throughput", Scope.CONNECTION);

	static final Key<Boolean> ATTR_HIGH_RELIABILITY = flag("attr_high_reliability", Scope.CONNECTION);

	static final Key<Boolean> ATTR_LOW_COST = flag("attr_low_cost", Scope.CONNECTION);

	// What does not depend on the protocol

	static final Key<List<LocatedMetadata>> METADATA = TABLE.add("metadata", StreamValues::metadata, List.of(),
			Scope.ANY);

	static final Key<Map<String, String>> OPTIONS = TABLE.add("options", StreamValues::options, Map.of(), Scope.ANY);

	static final Key<Boolean> PERF = flag("perf", Scope.CLIENT_CONNECTION);

	static final Key<Boolean> DIRECT_PROTO_STR = flag("direct_proto_str", Scope.WEB);

	static final Key<Boolean> URGENT_TX = flag("urgent_tx", Scope.NOWHERE);

	static final Key<Boolean> URGENT_RX = flag("urgent_rx", Scope.NOWHERE);

	static final Key<String> PAYLOAD_FMT = text("payload_fmt", Scope.ANY);

	static final Key<String> RIDESHARE = text("rideshare", Scope.HTTP);

	static final Key<AuthScheme> USE_AUTH = TABLE.add("use_auth",
			(value, document) -> document.auth().reference(value, document), Scope.WEB_CLIENT);

	static final Key<String> AWS_REGION = text("aws_region", Scope.WEB_CLIENT);

	static final Key<String> AWS_SERVICE = text("aws_service", Scope.WEB_CLIENT);

	// Buffers where a proxy fulfils it

	static final Key<Long> PROXY_BUFLEN = bytes("proxy_buflen");

	static final Key<Long> PROXY_BUFLEN_ON = bytes("proxy_buflen_rxflow_on_above");

	static final Key<Long> PROXY_BUFLEN_OFF = bytes("proxy_buflen_rxflow_off_below");

	static final Key<Long> CLIENT_BUFLEN = bytes("client_buflen");

	static final Key<Long> CLIENT_BUFLEN_ON = bytes("client_buflen_rxflow_on_above");

	static final Key<Long> CLIENT_BUFLEN_OFF = bytes("client_buflen_rxflow_off_below");

	// HTTP

	static final Key<String> HTTP_METHOD = TABLE.add("http_method", Values.token("a method such as GET or POST"),
			HttpPolicy.DEFAULT_METHOD, Scope.HTTP_CLIENT);

	static final Key<Template> HTTP_URL = template("http_url", Scope.WEB);

	static final Key<Integer> HTTP_EXPECT = TABLE.add("http_expect", StreamValues::status, 0, Scope.HTTP_CLIENT);

	static final Key<Map<Integer, Integer>> HTTP_RESP_MAP = TABLE.add("http_resp_map", StreamValues::responseMap,
			Map.of(), Scope.HTTP_CLIENT);

	static final Key<Boolean> ALLOW_REDIRECTS = flag("allow_redirects", Scope.WEB_CLIENT);

	static final Key<Boolean> HTTP_FAIL_REDIRECT = flag("http_fail_redirect", Scope.WEB_CLIENT);

	static final Key<String> HTTP_AUTH_HEADER = header("http_auth_header");

	static final Key<String> HTTP_AUTH_PREAMBLE = text("http_auth_preamble", Scope.WEB_CLIENT);

	static final Key<Boolean> AUTH_HEXIFY = flag("auth_hexify", Scope.WEB_CLIENT);

	static final Key<String> HTTP_DSN_HEADER = header("http_dsn_header");

	static final Key<String> HTTP_FWV_HEADER = header("http_fwv_header");

	static final Key<String> HTTP_DEVTYPE_HEADER = header("http_devtype_header");

	static final Key<Boolean> HTTP_NO_CONTENT_LENGTH = flag("http_no_content_length", Scope.HTTP);

	static final Key<Boolean> HTTP_WWW_FORM_URLENCODED = flag("http_www_form_urlencoded", Scope.HTTP_CLIENT);

	static final Key<String> HTTP_MULTIPART_NAME = text("http_multipart_name", Scope.HTTP);

	static final Key<String> HTTP_MULTIPART_FILENAME = text("http_multipart_filename", Scope.HTTP);

	static final Key<String> HTTP_MIME_CONTENT_TYPE = text("http_mime_content_type", Scope.HTTP);

	static final Key<Boolean> HTTP_MULTIPART_SS_IN = flag("http_multipart_ss_in", Scope.HTTP);

	static final Key<Boolean> HTTP_COOKIES = flag("http_cookies", Scope.WEB_CLIENT);

	static final Key<Boolean> NGHTTP2_QUIRK_END_STREAM = flag("nghttp2_quirk_end_stream", Scope.HTTP_2);

	static final Key<Boolean> H2Q_OFLOW_TXCR = flag("h2q_oflow_txcr", Scope.HTTP_2);

	static final Key<Boolean> LONG_POLL = flag("long_poll", Scope.HTTP_2);

	static final Key<Boolean> H2_PRIOR_KNOWLEDGE = flag("h2_prior_knowledge", Scope.HTTP_2);

	// WebSocket

	static final Key<String> WS_SUBPROTOCOL = TABLE.add("ws_subprotocol", StreamValues::subprotocol, "",
			Scope.WEBSOCKET);

	static final Key<Boolean> WS_BINARY = flag("ws_binary", Scope.WEBSOCKET);

	static final Key<Boolean> WS_PRIORITIZE_READS = flag("ws_prioritize_reads", Scope.WEBSOCKET);

	static final Key<Boolean> WS_DEFLATE = flag("ws_deflate", Scope.WEBSOCKET);

	static final Key<Boolean> WS_OVER_H2 = flag("ws_over_h2", Scope.WEBSOCKET_CLIENT);

	// MQTT

	static final Key<Template> MQTT_TOPIC = template("mqtt_topic", Scope.MQTT);

	static final Key<Template> MQTT_SUBSCRIBE = template("mqtt_subscribe", Scope.MQTT);

	static final Key<Integer> MQTT_QOS = qos("mqtt_qos");

	static final Key<Boolean> MQTT_RETAIN = flag("mqtt_retain", Scope.MQTT);

	static final Key<Integer> MQTT_KEEP_ALIVE = TABLE.add("mqtt_keep_alive", Values.integer(0, Values.U16), 0,
			Scope.MQTT);

	static final Key<Boolean> MQTT_CLEAN_START = flag("mqtt_clean_start", Scope.MQTT);

	static final Key<Template> MQTT_WILL_TOPIC = template("mqtt_will_topic", Scope.MQTT);

	static final Key<Template> MQTT_WILL_MESSAGE = template("mqtt_will_message", Scope.MQTT);

	static final Key<Integer> MQTT_WILL_QOS = qos("mqtt_will_qos");

	static final Key<Boolean> MQTT_WILL_RETAIN = flag("mqtt_will_retain", Scope.MQTT);

	static final Key<Template> MQTT_BIRTH_TOPIC = template("mqtt_birth_topic", Scope.MQTT);

	static final Key<Template> MQTT_BIRTH_MESSAGE = template("mqtt_birth_message", Scope.MQTT);

	static final Key<Integer> MQTT_BIRTH_QOS = qos("mqtt_birth_qos");

	static final Key<Boolean> MQTT_BIRTH_RETAIN = flag("mqtt_birth_retain", Scope.MQTT);

	static final Key<Boolean> AWS_IOT = flag("aws_iot", Scope.MQTT);

	/** Keys whose symbols are replaced. */
	static final List<Key<Template>> TEMPLATES = List.of(ENDPOINT, HTTP_URL, MQTT_TOPIC, MQTT_SUBSCRIBE,
			MQTT_WILL_TOPIC, MQTT_WILL_MESSAGE, MQTT_BIRTH_TOPIC, MQTT_BIRTH_MESSAGE);

	static {
		TABLE.alias("aux", HTTP_URL);
		TABLE.alias("client cert", CLIENT_CERT);
		TABLE.alias("mqtt qos", MQTT_QOS);
		TABLE.alias("http_multipart_content_type", HTTP_MIME_CONTENT_TYPE);
	}

	private StreamKeys() {
	}

	private static Key<Boolean> flag(String name, Scope scope) {
		return TABLE.add(name, Values::flag, Boolean.FALSE, scope);
	}

	private static Key<String> text(String name, Scope scope) {
		return TABLE.add(name, Values::text, "", scope);
	}

	private static Key<Template> template(String name, Scope scope) {
		return TABLE.add(name, Values::template, NOTHING, scope);
	}

	private static Key<String> header(String name) {
		return TABLE.add(name, Values::headerName, "", Scope.WEB_CLIENT);
	}

	private static Key<Long> bytes(String name) {
		return TABLE.add(name, Values.longInteger(0, Values.U32), 0L, Scope.CLIENT_CONNECTION);
	}

	private static Key<Integer> qos(String name) {
		return TABLE.add(name, Values.integer(0, 2), 0, Scope.MQTT);
	}

}
