package io.securestreams.spring.boot.policy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;

import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyDocument;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.policy.json.PolicyProblem;
import io.securestreams.system.policyfetch.PolicyOverlay;

/**
 * Reads the policy of this process and its overlays.
 */
public final class PolicyLoader {

	/** Name of the file that is read unless the properties say otherwise. */
	public static final String DEFAULT_RESOURCE = "secure-streams-policy.json";

	/** Where that is. */
	public static final String DEFAULT_LOCATION = "classpath:" + DEFAULT_RESOURCE;

	private static final Logger logger = LoggerFactory.getLogger(PolicyLoader.class);

	private final ResourceLoader resources;

	/**
	 * Makes a loader.
	 * @param resources finds the files
	 */
	public PolicyLoader(ResourceLoader resources) {
		this.resources = resources;
	}

	/**
	 * Reads the policy.
	 * @param given the policy if there is a bean
	 * @param source where it is otherwise
	 * @param proxied whether it is not needed, because a proxy has one
	 * @return the policy and its overlays, without streamtypes if there is none and none
	 * is needed
	 */
	public LoadedPolicy load(@Nullable Policy given, Source source, boolean proxied) {
		boolean none = proxied && source.location().equals(DEFAULT_LOCATION)
				&& !this.resources.getResource(source.location()).exists();
		String staticClass = source.staticClass();
		Policy local = (given != null) ? given
				: (staticClass != null) ? StaticPolicies.load(staticClass, this.resources.getClassLoader())
						: none ? Policy.EMPTY : read(source.location());
		Policy policy = local;
		List<PolicyOverlay> overlays = new ArrayList<>();
		List<String> locations = source.overlays();
		for (int i = 0; i < locations.size(); i++) {
			String location = locations.get(i);
			byte[] bytes = bytes("secure-streams.policy.overlays[" + i + "]", location);
			PolicyOverlay overlay = new PolicyOverlay(name(location, overlays),
					new String(bytes, StandardCharsets.UTF_8));
			policy = accept(PolicyJson.overlay(policy, overlay.json(), overlay.name()));
			overlays.add(overlay);
		}
		return new LoadedPolicy(local, overlays);
	}

	/** The name of the file, if it tells it from the others. */
	private String name(String location, List<PolicyOverlay> others) {
		String name = this.resources.getResource(location).getFilename();
		boolean known = name != null && !name.isBlank()
				&& others.stream().noneMatch((other) -> other.name().equals(name));
		return (known && name != null) ? name : location;
	}

	Policy read(String location) {
		return accept(PolicyJson.read(bytes("secure-streams.policy.location", location), location));
	}

	private byte[] bytes(String property, String location) {
		Resource resource = this.resources.getResource(location);
		if (!resource.exists()) {
			throw new MissingPolicyException(property, location, "does not exist");
		}
		try (InputStream content = resource.getInputStream()) {
			return content.readNBytes(PolicyJson.DEFAULT_MAX_SIZE + 1);
		}
		catch (IOException ex) {
			throw new MissingPolicyException(property, location, "cannot be read: " + ex.getMessage());
		}
	}

	private static Policy accept(PolicyDocument document) {
		for (PolicyProblem warning : document.warnings()) {
			logger.warn("{}", warning);
		}
		return document.policy();
	}

	/**
	 * Where the policy is, as the properties say.
	 *
	 * @param location resource location of the policy
	 * @param overlays resource locations of overlays, in order
	 * @param staticClass class that has the policy instead of the location
	 */
	public record Source(String location, List<String> overlays, @Nullable String staticClass) {

	}

}
