package io.securestreams.demo.tour;

import java.util.List;
import java.util.function.Consumer;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The policies that the office hands out: what the tour starts with, but for servers and
 * their keys, which are nobody else's business.
 */
final class OfficeDocuments {

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private final ObjectNode clients;

	/**
	 * Takes what clients need.
	 * @param tour the tour's policy
	 * @param office what the office adds to it
	 */
	OfficeDocuments(String tour, String office) {
		ObjectNode all = read(tour);
		ObjectNode added = read(office);
		ArrayNode streamTypes = MAPPER.createArrayNode();
		for (ObjectNode document : List.of(all, added)) {
			document.get("s").forEach((entry) -> {
				if (!entry.iterator().next().has("server")) {
					streamTypes.add(entry);
				}
			});
		}
		ArrayNode certificates = MAPPER.createArrayNode().add(all.get("certs").get(0));
		all.set("certs", certificates);
		// What streamtypes refer to stands before them
		all.remove("s");
		all.set("auth", added.get("auth"));
		all.set("s", streamTypes);
		this.clients = all;
	}

	private static ObjectNode read(String json) {
		return (ObjectNode) MAPPER.readTree(json);
	}

	/**
	 * Makes a policy.
	 * @param release its release
	 * @param change changes streamtypes, one after the other
	 */
	String release(int release, Consumer<ObjectNode> change) {
		ObjectNode policy = this.clients.deepCopy();
		policy.put("release", Integer.toString(release));
		policy.get("s").forEach((entry) -> change.accept((ObjectNode) entry));
		return policy.toString();
	}

	/** A policy that waits longer, or not, before the unreliable page is asked again. */
	String withRetry(int release, String retry) {
		return release(release, (entry) -> {
			if (entry.get("unreliable") instanceof ObjectNode unreliable) {
				unreliable.put("retry", retry);
			}
		});
	}

	/** A policy like any other, but its streams lead nowhere. */
	String leadingNowhere(int release) {
		return release(release, (entry) -> {
			String name = entry.propertyNames().iterator().next();
			if (!name.equals("fetch_policy") && entry.get(name) instanceof ObjectNode streamType) {
				streamType.put("port", 9);
			}
		});
	}

}
