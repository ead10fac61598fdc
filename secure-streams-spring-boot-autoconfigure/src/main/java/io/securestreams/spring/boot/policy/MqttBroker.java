package io.securestreams.spring.boot.policy;

import java.util.ArrayList;
import java.util.List;

import io.securestreams.policy.MqttPolicy;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.system.policyfetch.PolicyOverlay;

/**
 * A broker in place of those of the policy.
 *
 * @param host its host
 * @param port its port
 */
public record MqttBroker(String host, int port) {

	private static final String NAME = "connection details of MQTT";

	/**
	 * Has the MQTT streamtypes of a policy connect to this broker.
	 * @param loaded the policy and its overlays
	 * @return the same with an overlay more, if there are such streamtypes
	 */
	public LoadedPolicy in(LoadedPolicy loaded) {
		Policy policy = loaded.initial();
		StringBuilder types = new StringBuilder();
		policy.streamTypes().forEach((name, type) -> {
			if (type.protocol() instanceof MqttPolicy) {
				types.append(types.isEmpty() ? "" : ", ")
					.append("{ ")
					.append(quoted(name))
					.append(": { \"endpoint\": ")
					.append(quoted(this.host))
					.append(", \"port\": ")
					.append(this.port)
					.append(", \"protocol\": \"mqtt\" } }");
			}
		});
		if (types.isEmpty()) {
			return loaded;
		}
		List<PolicyOverlay> overlays = new ArrayList<>(loaded.overlays());
		PolicyOverlay overlay = new PolicyOverlay(NAME, "{ \"s\": [ " + types + " ] }");
		PolicyJson.overlay(policy, overlay.json(), overlay.name());
		overlays.add(overlay);
		return new LoadedPolicy(loaded.policy(), overlays);
	}

	private static String quoted(String text) {
		return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
	}

}
