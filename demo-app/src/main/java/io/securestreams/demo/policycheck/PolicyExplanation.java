package io.securestreams.demo.policycheck;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.securestreams.policy.AuthScheme;
import io.securestreams.policy.AuthUse;
import io.securestreams.policy.CertificateEntry;
import io.securestreams.policy.Faults;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.policy.MqttPolicy;
import io.securestreams.policy.Persistence;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.ProtocolPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.Template;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.policy.TrustStore;
import io.securestreams.policy.WebSocketPolicy;
import io.securestreams.policy.http.IdentityHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Says in plain words what a policy means for one streamtype.
 */
final class PolicyExplanation {

	private final StreamPolicy stream;

	private final Map<String, String> lines = new LinkedHashMap<>();

	private PolicyExplanation(StreamPolicy stream) {
		this.stream = stream;
	}

	/**
	 * Explains a streamtype.
	 * @param stream its policy
	 * @return lines of text
	 */
	static List<String> of(StreamPolicy stream) {
		PolicyExplanation explanation = new PolicyExplanation(stream);
		String refusal = refusal(stream);
		if (refusal != null) {
			explanation.add("refused", refusal + "; it would mean:");
		}
		switch (stream.role()) {
			case CLIENT -> explanation.client();
			case SERVER -> explanation.server();
			case LOCAL_SINK -> explanation.add("joined by", "streams of the same process; no network");
		}
		explanation.metadata();
		List<String> text = new ArrayList<>();
		text.add(stream.name() + " (" + role(stream) + ")");
		explanation.lines.forEach((label, line) -> text.add("  %-13s %s".formatted(label, line)));
		return text;
	}

	/**
	 * Says why no stream of a streamtype can be made.
	 * @param stream its policy
	 * @return the reason, {@code null} if there is none
	 */
	static @Nullable String refusal(StreamPolicy stream) {
		Protocol protocol = stream.protocol().protocol();
		if (stream.role() != StreamPolicy.Role.LOCAL_SINK && !protocol.isAvailable()) {
			return protocolName(protocol) + " is not there yet";
		}
		if (stream.role() == StreamPolicy.Role.SERVER && protocol == Protocol.MQTT) {
			return "MQTT has no servers here";
		}
		AuthUse auth = stream.features().auth();
		if (stream.role() == StreamPolicy.Role.CLIENT && auth != null && !auth.scheme().isKnown()) {
			return "nobody knows how to authenticate by \"" + auth.scheme().type() + "\" (use_auth)";
		}
		return null;
	}

	private static String role(StreamPolicy stream) {
		return switch (stream.role()) {
			case CLIENT -> "client";
			case SERVER -> "server";
			case LOCAL_SINK -> "local sink";
		};
	}

	private void client() {
		add("connects to", target() + ", " + protocolName(this.stream.protocol()));
		if (this.stream.protocol() instanceof HttpPolicy http) {
			add("asks for", http.method() + " " + path(http));
		}
		else if (this.stream.protocol() instanceof WebSocketPolicy ws) {
			add("asks for", "an upgrade at " + path(ws.handshake())
					+ (ws.options().subprotocol().isEmpty() ? "" : ", subprotocol " + ws.options().subprotocol()));
		}
		else if (this.stream.protocol() instanceof MqttPolicy mqtt) {
			mqtt(mqtt);
		}
		add("protected by", protection(this.stream.tls()));
		Persistence persistence = this.stream.persistence();
		add("connection", connection(persistence));
		add("on failure", RetryExplanation.of(persistence.retry()));
		add("success", success(this.stream.protocol()));
		if (!persistence.timeout().isZero()) {
			add("timeout",
					RetryExplanation.seconds(persistence.timeout().toMillis()) + " s, where the application starts it");
		}
		if (this.stream.protocol() instanceof HttpPolicy http) {
			blobs(http.headers());
		}
		authentication();
		faults(this.stream.features().faults());
	}

	private void server() {
		String address = this.stream.endpoint().address().text();
		String port = (this.stream.endpoint().port() != 0) ? "port " + this.stream.endpoint().port() : "any free port";
		if (address.startsWith("!")) {
			add("listens on", "the listener \"" + address.substring(1) + "\" of the application");
		}
		else if (address.startsWith("+")) {
			add("listens on", "unix socket " + address.substring(1));
		}
		else {
			add("listens on", port + " of " + (address.isEmpty() ? "every interface" : address));
		}
		add("speaks", protocolName(this.stream.protocol()));
		TlsPolicy tls = this.stream.tls();
		CertificateEntry.X509 certificate = tls.serverCertificate();
		add("protected by",
				!tls.enabled() ? "nothing: anyone on the way can read and change it"
						: "TLS" + ((certificate != null)
								? ", presenting \"" + certificate.name() + "\" ("
										+ certificate.certificate().getSubjectX500Principal().getName() + ")"
								: ", with a certificate of the application"));
	}

	private void mqtt(MqttPolicy mqtt) {
		if (mqtt.topic() != null) {
			add("publishes to", mqtt.topic().text() + ", QoS " + mqtt.qos());
		}
		if (!mqtt.subscribe().isEmpty()) {
			add("subscribes", mqtt.subscribe().stream().map(Template::text).collect(Collectors.joining(", ")) + ", QoS "
					+ mqtt.qos());
		}
		if (mqtt.will() != null) {
			add("will", "\"" + mqtt.will().payload().text() + "\" to " + mqtt.will().topic().text());
		}
	}

	private void blobs(IdentityHeaders headers) {
		Map<String, String> sent = new LinkedHashMap<>();
		AuthUse auth = this.stream.features().auth();
		sent.put(headers.auth(), (auth != null && auth.scheme().isToken())
				? "the token of auth \"" + auth.scheme().name() + "\"" : "the auth token");
		sent.put(headers.deviceSerial(), "the serial number");
		sent.put(headers.firmwareVersion(), "the firmware version");
		sent.put(headers.deviceType(), "the device type");
		sent.remove("");
		if (!sent.isEmpty()) {
			add("identifies",
					sent.entrySet()
						.stream()
						.map((header) -> header.getValue() + " in header " + header.getKey())
						.collect(Collectors.joining(", ")));
		}
	}

	private void authentication() {
		AuthUse auth = this.stream.features().auth();
		if (auth == null || refusal(this.stream) != null) {
			return;
		}
		AuthScheme scheme = auth.scheme();
		String how;
		if (scheme.type().equals(AuthScheme.SIGV4)) {
			how = "requests are signed for AWS with the key in auth blob " + scheme.blob()
					+ ", or that of the environment";
		}
		else {
			boolean named = this.stream.protocol() instanceof HttpPolicy http && !http.headers().auth().isEmpty();
			how = (named ? "shows the token" : "shows the token as Authorization: Bearer") + " in auth blob "
					+ scheme.blob() + (scheme.streamType().isEmpty() ? ", which the application puts there"
							: ", which streamtype \"" + scheme.streamType() + "\" fetches");
		}
		add("authenticates", how + "; without it nothing is sent (AUTH_FAILED)");
	}

	private void faults(Faults faults) {
		if (!faults.equals(Faults.NONE)) {
			add("faults", "on purpose, where the application allows it: " + faults);
		}
	}

	private void metadata() {
		List<MetadataDeclaration> declared = this.stream.metadata();
		if (!declared.isEmpty()) {
			add("metadata", declared.stream()
				.map((entry) -> entry.isHeader() ? entry.name() + " = header " + entry.headerName() : entry.name())
				.collect(Collectors.joining(", ")));
		}
	}

	private void add(String label, String text) {
		this.lines.put(label, text);
	}

	private String target() {
		String address = this.stream.endpoint().address().text();
		if (address.startsWith("+")) {
			return "unix socket " + address.substring(1);
		}
		String proxy = (this.stream.endpoint().socks5() != null)
				? " through the SOCKS5 proxy " + this.stream.endpoint().socks5() : "";
		if (address.contains("://")) {
			return address + proxy;
		}
		return (address.isEmpty() ? "nowhere: it has no endpoint" : address + " port " + this.stream.endpoint().port())
				+ proxy;
	}

	private static String path(HttpPolicy http) {
		String url = http.url().text();
		return url.startsWith("/") ? url : "/" + url;
	}

	private static String protocolName(ProtocolPolicy protocol) {
		return (protocol instanceof MqttPolicy mqtt && mqtt.options().isVersion5()) ? "MQTT 5"
				: protocolName(protocol.protocol());
	}

	private static String protocolName(Protocol protocol) {
		return switch (protocol) {
			case H1 -> "HTTP/1.1";
			case H2 -> "HTTP/2";
			case H3 -> "HTTP/3";
			case WS -> "WebSocket";
			case MQTT -> "MQTT 3.1.1";
			case RAW -> "plain bytes";
		};
	}

	private String protection(TlsPolicy tls) {
		if (!tls.enabled()) {
			return "nothing: anyone on the way can read and change it";
		}
		TrustStore trust = tls.trustStore();
		String by = (trust == null) ? "the platform trusts"
				: "trust store \"" + trust.name() + "\" trusts ("
						+ trust.certificates()
							.stream()
							.map((certificate) -> certificate.getSubjectX500Principal().getName())
							.collect(Collectors.joining("; "))
						+ ")";
		String own = (tls.clientCertificate() != null) ? "; presents client certificate " + tls.clientCertificate()
				: "";
		return "TLS: the peer's certificate must name \"" + this.stream.endpoint().address().text()
				+ "\" and come from someone " + by + own;
	}

	private static String connection(Persistence persistence) {
		String begin = persistence.nailedUp() ? "made at once" : "made when it is asked for";
		return begin + (persistence.opportunistic() ? ", may stay down after it was lost" : ", remade when it is lost");
	}

	private static String success(ProtocolPolicy protocol) {
		if (protocol instanceof HttpPolicy http) {
			int expect = http.outcome().expect();
			StringBuilder text = new StringBuilder(
					"status " + ((expect != 0) ? Integer.toString(expect) : "200 to 299") + " (QOS_ACK_REMOTE)");
			text.append("; 503 and 429 are tried again; any other is a refusal (QOS_NACK_REMOTE)");
			http.outcome()
				.userStates()
				.entrySet()
				.stream()
				.sorted(Map.Entry.comparingByKey())
				.forEach((entry) -> text
					.append("; %d raises user state %d".formatted(entry.getKey(), entry.getValue())));
			text.append(http.redirects().follow() ? "; redirects are followed" : "; a redirect is a failure");
			return text.toString();
		}
		if (protocol instanceof MqttPolicy mqtt) {
			return (mqtt.qos() == 0) ? "a message that was written" : "a message that the broker acknowledged";
		}
		return "connected; single messages are not acknowledged";
	}

}
