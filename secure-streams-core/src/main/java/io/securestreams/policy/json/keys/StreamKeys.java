package io.securestreams.policy.json.keys;

import java.util.ArrayList;
import java.util.List;

import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.ProtocolPolicy;
import io.securestreams.policy.RawPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.Template;
import io.securestreams.policy.WebSocketPolicy;
import io.securestreams.policy.json.table.Draft;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.table.KeyTable;
import io.securestreams.policy.json.table.Types;

/**
 * The keys of a streamtype, all themes together, and the policy that they make.
 */
public final class StreamKeys {

	public static final KeyTable TABLE = new KeyTable(EndpointKeys.THEME, TlsKeys.THEME, PersistenceKeys.THEME,
			FeatureKeys.THEME, HttpKeys.THEME, BodyKeys.THEME, IdentityKeys.THEME, WebSocketKeys.THEME, MqttKeys.THEME,
			TrafficKeys.THEME, TrafficKeys.BUFFERS);

	/** Keys whose symbols are replaced. */
	public static final List<Key<Template>> TEMPLATES = templates();

	/** The same, with several texts. */
	public static final Key<List<Template>> TEMPLATE_LIST = MqttKeys.MQTT_SUBSCRIBE;

	private StreamKeys() {
	}

	@SuppressWarnings("unchecked")
	private static List<Key<Template>> templates() {
		List<Key<Template>> templates = new ArrayList<>();
		for (Key<?> key : TABLE.keys()) {
			if (key.type() == Types.TEMPLATE) {
				templates.add((Key<Template>) key);
			}
		}
		return List.copyOf(templates);
	}

	/** Makes a streamtype's policy from its keys. */
	public static StreamPolicy policy(String name, Draft from) {
		return new StreamPolicy(name, EndpointKeys.role(from), EndpointKeys.endpoint(from), protocol(from),
				TlsKeys.policy(from), PersistenceKeys.policy(from), TrafficKeys.trafficClass(from),
				FeatureKeys.metadata(from), FeatureKeys.features(from), TrafficKeys.proxyBuffers(from));
	}

	private static ProtocolPolicy protocol(Draft from) {
		Protocol protocol = from.get(EndpointKeys.PROTOCOL);
		return switch (protocol) {
			case H1, H2, H3 ->
				HttpKeys.policy(protocol, from.get(HttpKeys.HTTP_METHOD), WebSocketKeys.upgrade(from), from);
			case WS -> new WebSocketPolicy(HttpKeys.policy(Protocol.H1, HttpPolicy.DEFAULT_METHOD, null, from),
					WebSocketKeys.options(from));
			case MQTT -> MqttKeys.policy(from);
			case RAW -> new RawPolicy();
		};
	}

}
