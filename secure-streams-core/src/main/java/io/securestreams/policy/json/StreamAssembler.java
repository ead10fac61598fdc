package io.securestreams.policy.json;

import java.util.List;

import io.securestreams.policy.AuthScheme;
import io.securestreams.policy.AuthUse;
import io.securestreams.policy.Http2Policy;
import io.securestreams.policy.HttpBody;
import io.securestreams.policy.HttpOutcome;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.IdentityHeaders;
import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.policy.MqttPolicy;
import io.securestreams.policy.Persistence;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.ProtocolPolicy;
import io.securestreams.policy.ProxyBuffers;
import io.securestreams.policy.RawPolicy;
import io.securestreams.policy.RedirectPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.StreamPolicy.Endpoint;
import io.securestreams.policy.StreamPolicy.Features;
import io.securestreams.policy.StreamPolicy.Role;
import io.securestreams.policy.Template;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.policy.TrafficClass;
import io.securestreams.policy.WebSocketOptions;
import io.securestreams.policy.WebSocketPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Makes a streamtype's policy from its keys.
 */
final class StreamAssembler {

	private final Draft draft;

	StreamAssembler(Draft draft) {
		this.draft = draft;
	}

	static Role role(Draft draft) {
		if (draft.isTrue(StreamKeys.LOCAL_SINK)) {
			return Role.LOCAL_SINK;
		}
		return draft.isTrue(StreamKeys.SERVER) ? Role.SERVER : Role.CLIENT;
	}

	StreamPolicy assemble(String name) {
		Draft from = this.draft;
		Endpoint endpoint = new Endpoint(from.get(StreamKeys.ENDPOINT), from.get(StreamKeys.PORT),
				from.find(StreamKeys.VIA_SOCKS5));
		return new StreamPolicy(name, role(from), endpoint, protocol(), tls(), persistence(), trafficClass(),
				metadata(), features(), proxyBuffers());
	}

	private List<MetadataDeclaration> metadata() {
		List<LocatedMetadata> located = this.draft.get(StreamKeys.METADATA);
		if (located.isEmpty()) {
			return List.of();
		}
		MetadataDeclaration[] declarations = new MetadataDeclaration[located.size()];
		for (int i = 0; i < declarations.length; i++) {
			declarations[i] = located.get(i).declaration();
		}
		return List.of(declarations);
	}

	private TlsPolicy tls() {
		Draft from = this.draft;
		TlsPolicy tls = new TlsPolicy(from.get(StreamKeys.TLS), from.find(StreamKeys.TLS_TRUST_STORE),
				from.find(StreamKeys.CLIENT_CERT), from.find(StreamKeys.SERVER_CERT), from.find(StreamKeys.SERVER_KEY));
		return tls.equals(TlsPolicy.NONE) ? TlsPolicy.NONE : tls;
	}

	private Persistence persistence() {
		Draft from = this.draft;
		return new Persistence(from.get(StreamKeys.OPPORTUNISTIC), from.get(StreamKeys.NAILED_UP),
				from.get(StreamKeys.RETRY), from.get(StreamKeys.TIMEOUT_MS), from.get(StreamKeys.SWAKE_VALIDITY));
	}

	private TrafficClass trafficClass() {
		Draft from = this.draft;
		TrafficClass trafficClass = new TrafficClass(from.get(StreamKeys.ATTR_PRIORITY),
				from.get(StreamKeys.ATTR_LOW_LATENCY), from.get(StreamKeys.ATTR_HIGH_THROUGHPUT),
				from.get(StreamKeys.ATTR_HIGH_RELIABILITY), from.get(StreamKeys.ATTR_LOW_COST));
		return trafficClass.equals(TrafficClass.NORMAL) ? TrafficClass.NORMAL : trafficClass;
	}

	private Features features() {
		Draft from = this.draft;
		AuthScheme scheme = from.find(StreamKeys.USE_AUTH);
		AuthUse auth = (scheme != null)
				? new AuthUse(scheme, from.get(StreamKeys.AWS_REGION), from.get(StreamKeys.AWS_SERVICE)) : null;
		return new Features(from.get(StreamKeys.PERF), from.get(StreamKeys.DIRECT_PROTO_STR),
				from.get(StreamKeys.URGENT_TX), from.get(StreamKeys.URGENT_RX), from.get(StreamKeys.PAYLOAD_FMT),
				from.get(StreamKeys.RIDESHARE), auth, from.get(StreamKeys.OPTIONS));
	}

	private ProxyBuffers proxyBuffers() {
		Draft from = this.draft;
		ProxyBuffers buffers = new ProxyBuffers(from.get(StreamKeys.PROXY_BUFLEN), from.get(StreamKeys.PROXY_BUFLEN_ON),
				from.get(StreamKeys.PROXY_BUFLEN_OFF), from.get(StreamKeys.CLIENT_BUFLEN),
				from.get(StreamKeys.CLIENT_BUFLEN_ON), from.get(StreamKeys.CLIENT_BUFLEN_OFF));
		return buffers.equals(ProxyBuffers.DEFAULTS) ? ProxyBuffers.DEFAULTS : buffers;
	}

	private ProtocolPolicy protocol() {
		Protocol protocol = this.draft.get(StreamKeys.PROTOCOL);
		return switch (protocol) {
			case H1, H2, H3 -> http(protocol, this.draft.get(StreamKeys.HTTP_METHOD), upgrade());
			case WS -> new WebSocketPolicy(http(Protocol.H1, HttpPolicy.DEFAULT_METHOD, null), webSocketOptions());
			case MQTT -> mqtt();
			case RAW -> new RawPolicy();
		};
	}

	private HttpPolicy http(Protocol version, String method, @Nullable WebSocketOptions upgrade) {
		Draft from = this.draft;
		HttpOutcome outcome = new HttpOutcome(from.get(StreamKeys.HTTP_EXPECT), from.get(StreamKeys.HTTP_RESP_MAP));
		RedirectPolicy redirects = new RedirectPolicy(from.get(StreamKeys.ALLOW_REDIRECTS),
				from.get(StreamKeys.HTTP_FAIL_REDIRECT));
		IdentityHeaders headers = new IdentityHeaders(from.get(StreamKeys.HTTP_AUTH_HEADER),
				from.get(StreamKeys.HTTP_AUTH_PREAMBLE), from.get(StreamKeys.AUTH_HEXIFY),
				from.get(StreamKeys.HTTP_DSN_HEADER), from.get(StreamKeys.HTTP_FWV_HEADER),
				from.get(StreamKeys.HTTP_DEVTYPE_HEADER));
		Http2Policy http2 = new Http2Policy(from.get(StreamKeys.NGHTTP2_QUIRK_END_STREAM),
				from.get(StreamKeys.H2Q_OFLOW_TXCR), from.get(StreamKeys.LONG_POLL),
				from.get(StreamKeys.H2_PRIOR_KNOWLEDGE));
		return new HttpPolicy(version, method, from.get(StreamKeys.HTTP_URL),
				outcome.equals(HttpOutcome.DEFAULT) ? HttpOutcome.DEFAULT : outcome,
				redirects.equals(RedirectPolicy.REFUSE) ? RedirectPolicy.REFUSE : redirects,
				headers.equals(IdentityHeaders.NONE) ? IdentityHeaders.NONE : headers, body(),
				from.get(StreamKeys.HTTP_COOKIES), http2.equals(Http2Policy.DEFAULT) ? Http2Policy.DEFAULT : http2,
				upgrade);
	}

	private HttpBody body() {
		Draft from = this.draft;
		HttpBody.Multipart multipart = new HttpBody.Multipart(from.get(StreamKeys.HTTP_MULTIPART_NAME),
				from.get(StreamKeys.HTTP_MULTIPART_FILENAME), from.get(StreamKeys.HTTP_MIME_CONTENT_TYPE));
		HttpBody body = new HttpBody(from.get(StreamKeys.HTTP_NO_CONTENT_LENGTH),
				from.get(StreamKeys.HTTP_WWW_FORM_URLENCODED), multipart, from.get(StreamKeys.HTTP_MULTIPART_SS_IN));
		return body.equals(HttpBody.PLAIN) ? HttpBody.PLAIN : body;
	}

	private @Nullable WebSocketOptions upgrade() {
		Draft from = this.draft;
		boolean wanted = from.has(StreamKeys.WS_SUBPROTOCOL) || from.has(StreamKeys.WS_BINARY)
				|| from.has(StreamKeys.WS_PRIORITIZE_READS) || from.has(StreamKeys.WS_DEFLATE);
		return (wanted && role(from) == Role.SERVER) ? webSocketOptions() : null;
	}

	private WebSocketOptions webSocketOptions() {
		Draft from = this.draft;
		return new WebSocketOptions(from.get(StreamKeys.WS_SUBPROTOCOL), from.get(StreamKeys.WS_BINARY),
				from.get(StreamKeys.WS_PRIORITIZE_READS), from.get(StreamKeys.WS_DEFLATE),
				from.get(StreamKeys.WS_OVER_H2));
	}

	private MqttPolicy mqtt() {
		Draft from = this.draft;
		return new MqttPolicy(topic(StreamKeys.MQTT_TOPIC), topic(StreamKeys.MQTT_SUBSCRIBE),
				from.get(StreamKeys.MQTT_QOS), from.get(StreamKeys.MQTT_RETAIN), from.get(StreamKeys.MQTT_KEEP_ALIVE),
				from.get(StreamKeys.MQTT_CLEAN_START),
				message(StreamKeys.MQTT_WILL_TOPIC, StreamKeys.MQTT_WILL_MESSAGE, StreamKeys.MQTT_WILL_QOS,
						StreamKeys.MQTT_WILL_RETAIN),
				message(StreamKeys.MQTT_BIRTH_TOPIC, StreamKeys.MQTT_BIRTH_MESSAGE, StreamKeys.MQTT_BIRTH_QOS,
						StreamKeys.MQTT_BIRTH_RETAIN),
				from.get(StreamKeys.AWS_IOT));
	}

	private @Nullable Template topic(Key<Template> key) {
		Template topic = this.draft.get(key);
		return topic.text().isEmpty() ? null : topic;
	}

	private MqttPolicy.@Nullable Message message(Key<Template> topicKey, Key<Template> payload, Key<Integer> qos,
			Key<Boolean> retain) {
		Template topic = topic(topicKey);
		return (topic != null)
				? new MqttPolicy.Message(topic, this.draft.get(payload), this.draft.get(qos), this.draft.get(retain))
				: null;
	}

}
