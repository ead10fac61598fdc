package io.securestreams.policy.json;

import java.util.List;

import io.securestreams.policy.AuthUse;
import io.securestreams.policy.HttpBody;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.IdentityHeaders;
import io.securestreams.policy.MqttPolicy;
import io.securestreams.policy.Persistence;
import io.securestreams.policy.ProxyBuffers;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.StreamPolicy.Features;
import io.securestreams.policy.StreamPolicy.Role;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.policy.TrafficClass;
import io.securestreams.policy.WebSocketOptions;
import io.securestreams.policy.WebSocketPolicy;

/**
 * Turns a streamtype's policy back into keys, for an overlay to overwrite: the inverse of
 * {@link StreamAssembler}.
 */
final class StreamDisassembler {

	private final Draft draft;

	StreamDisassembler(Draft draft) {
		this.draft = draft;
	}

	void disassemble(StreamPolicy policy) {
		Draft to = this.draft;
		to.set(StreamKeys.SERVER, policy.role() == Role.SERVER);
		to.set(StreamKeys.LOCAL_SINK, policy.role() == Role.LOCAL_SINK);
		to.set(StreamKeys.ENDPOINT, policy.endpoint().address());
		to.set(StreamKeys.PORT, policy.endpoint().port());
		to.set(StreamKeys.VIA_SOCKS5, policy.endpoint().socks5());
		to.set(StreamKeys.PROTOCOL, policy.protocol().protocol());
		to.set(StreamKeys.METADATA, located(policy));
		tls(policy.tls());
		persistence(policy.persistence());
		trafficClass(policy.trafficClass());
		features(policy.features());
		proxyBuffers(policy.proxyBuffers());
		if (policy.protocol() instanceof HttpPolicy http) {
			http(http);
			to.set(StreamKeys.HTTP_METHOD, http.method());
			if (http.upgrade() != null) {
				webSocket(http.upgrade());
			}
		}
		else if (policy.protocol() instanceof WebSocketPolicy webSocket) {
			http(webSocket.handshake());
			webSocket(webSocket.options());
		}
		else if (policy.protocol() instanceof MqttPolicy mqtt) {
			mqtt(mqtt);
		}
	}

	private static List<LocatedMetadata> located(StreamPolicy policy) {
		return policy.metadata()
			.stream()
			.map((declaration) -> new LocatedMetadata(LocatedMetadata.INHERITED, declaration))
			.toList();
	}

	private void tls(TlsPolicy tls) {
		Draft to = this.draft;
		to.set(StreamKeys.TLS, tls.enabled());
		to.set(StreamKeys.TLS_TRUST_STORE, tls.trustStore());
		to.set(StreamKeys.CLIENT_CERT, tls.clientCertificate());
		to.set(StreamKeys.SERVER_CERT, tls.serverCertificate());
		to.set(StreamKeys.SERVER_KEY, tls.serverKey());
	}

	private void persistence(Persistence persistence) {
		Draft to = this.draft;
		to.set(StreamKeys.OPPORTUNISTIC, persistence.opportunistic());
		to.set(StreamKeys.NAILED_UP, persistence.nailedUp());
		to.set(StreamKeys.RETRY, persistence.retry());
		to.set(StreamKeys.TIMEOUT_MS, persistence.timeout());
		to.set(StreamKeys.SWAKE_VALIDITY, persistence.wakeForValidity());
	}

	private void trafficClass(TrafficClass trafficClass) {
		Draft to = this.draft;
		to.set(StreamKeys.ATTR_PRIORITY, trafficClass.priority());
		to.set(StreamKeys.ATTR_LOW_LATENCY, trafficClass.lowLatency());
		to.set(StreamKeys.ATTR_HIGH_THROUGHPUT, trafficClass.highThroughput());
		to.set(StreamKeys.ATTR_HIGH_RELIABILITY, trafficClass.highReliability());
		to.set(StreamKeys.ATTR_LOW_COST, trafficClass.lowCost());
	}

	private void features(Features features) {
		Draft to = this.draft;
		to.set(StreamKeys.PERF, features.perf());
		to.set(StreamKeys.DIRECT_PROTO_STR, features.directHeaders());
		to.set(StreamKeys.URGENT_TX, features.urgentTx());
		to.set(StreamKeys.URGENT_RX, features.urgentRx());
		to.set(StreamKeys.PAYLOAD_FMT, features.payloadFormat());
		to.set(StreamKeys.RIDESHARE, features.rideshare());
		to.set(StreamKeys.OPTIONS, features.options());
		AuthUse auth = features.auth();
		if (auth != null) {
			to.set(StreamKeys.USE_AUTH, auth.scheme());
			to.set(StreamKeys.AWS_REGION, auth.regionMetadata());
			to.set(StreamKeys.AWS_SERVICE, auth.serviceMetadata());
		}
	}

	private void proxyBuffers(ProxyBuffers buffers) {
		Draft to = this.draft;
		to.set(StreamKeys.PROXY_BUFLEN, buffers.proxyBuffer());
		to.set(StreamKeys.PROXY_BUFLEN_ON, buffers.proxyFlowOnAbove());
		to.set(StreamKeys.PROXY_BUFLEN_OFF, buffers.proxyFlowOffBelow());
		to.set(StreamKeys.CLIENT_BUFLEN, buffers.clientBuffer());
		to.set(StreamKeys.CLIENT_BUFLEN_ON, buffers.clientFlowOnAbove());
		to.set(StreamKeys.CLIENT_BUFLEN_OFF, buffers.clientFlowOffBelow());
	}

	private void http(HttpPolicy http) {
		Draft to = this.draft;
		to.set(StreamKeys.HTTP_URL, http.url());
		to.set(StreamKeys.HTTP_EXPECT, http.outcome().expect());
		to.set(StreamKeys.HTTP_RESP_MAP, http.outcome().userStates());
		to.set(StreamKeys.ALLOW_REDIRECTS, http.redirects().follow());
		to.set(StreamKeys.HTTP_FAIL_REDIRECT, http.redirects().captivePortal());
		to.set(StreamKeys.HTTP_COOKIES, http.cookies());
		to.set(StreamKeys.NGHTTP2_QUIRK_END_STREAM, http.http2().endStreamQuirk());
		to.set(StreamKeys.H2Q_OFLOW_TXCR, http.http2().tolerateWindowOverflow());
		to.set(StreamKeys.LONG_POLL, http.http2().longPoll());
		to.set(StreamKeys.H2_PRIOR_KNOWLEDGE, http.http2().priorKnowledge());
		IdentityHeaders headers = http.headers();
		to.set(StreamKeys.HTTP_AUTH_HEADER, headers.auth());
		to.set(StreamKeys.HTTP_AUTH_PREAMBLE, headers.authPreamble());
		to.set(StreamKeys.AUTH_HEXIFY, headers.authHex());
		to.set(StreamKeys.HTTP_DSN_HEADER, headers.deviceSerial());
		to.set(StreamKeys.HTTP_FWV_HEADER, headers.firmwareVersion());
		to.set(StreamKeys.HTTP_DEVTYPE_HEADER, headers.deviceType());
		HttpBody body = http.body();
		to.set(StreamKeys.HTTP_NO_CONTENT_LENGTH, body.noContentLength());
		to.set(StreamKeys.HTTP_WWW_FORM_URLENCODED, body.formUrlEncoded());
		to.set(StreamKeys.HTTP_MULTIPART_SS_IN, body.multipartIn());
		to.set(StreamKeys.HTTP_MULTIPART_NAME, body.multipart().name());
		to.set(StreamKeys.HTTP_MULTIPART_FILENAME, body.multipart().filename());
		to.set(StreamKeys.HTTP_MIME_CONTENT_TYPE, body.multipart().contentType());
	}

	private void webSocket(WebSocketOptions options) {
		this.draft.set(StreamKeys.WS_SUBPROTOCOL, options.subprotocol());
		this.draft.set(StreamKeys.WS_BINARY, options.binary());
		this.draft.set(StreamKeys.WS_PRIORITIZE_READS, options.prioritizeReads());
		this.draft.set(StreamKeys.WS_DEFLATE, options.deflate());
		this.draft.set(StreamKeys.WS_OVER_H2, options.overHttp2());
	}

	private void mqtt(MqttPolicy mqtt) {
		Draft to = this.draft;
		to.set(StreamKeys.MQTT_TOPIC, mqtt.topic());
		to.set(StreamKeys.MQTT_SUBSCRIBE, mqtt.subscribe());
		to.set(StreamKeys.MQTT_QOS, mqtt.qos());
		to.set(StreamKeys.MQTT_RETAIN, mqtt.retain());
		to.set(StreamKeys.MQTT_KEEP_ALIVE, mqtt.keepAliveSeconds());
		to.set(StreamKeys.MQTT_CLEAN_START, mqtt.cleanStart());
		to.set(StreamKeys.AWS_IOT, mqtt.awsIot());
		MqttPolicy.Message will = mqtt.will();
		if (will != null) {
			to.set(StreamKeys.MQTT_WILL_TOPIC, will.topic());
			to.set(StreamKeys.MQTT_WILL_MESSAGE, will.payload());
			to.set(StreamKeys.MQTT_WILL_QOS, will.qos());
			to.set(StreamKeys.MQTT_WILL_RETAIN, will.retain());
		}
		MqttPolicy.Message birth = mqtt.birth();
		if (birth != null) {
			to.set(StreamKeys.MQTT_BIRTH_TOPIC, birth.topic());
			to.set(StreamKeys.MQTT_BIRTH_MESSAGE, birth.payload());
			to.set(StreamKeys.MQTT_BIRTH_QOS, birth.qos());
			to.set(StreamKeys.MQTT_BIRTH_RETAIN, birth.retain());
		}
	}

}
