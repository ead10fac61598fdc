package io.securestreams.spring.boot.autoconfigure;

import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Properties of Secure Streams that belong to what is not there yet. Who sets one is to
 * know that it has no effect.
 */
enum UnavailableFeatures {

	PROXY_SERVER("proxy.server", "there is no proxy", List.of("enabled", "address"));

	private static final Logger logger = LoggerFactory.getLogger(UnavailableFeatures.class);

	private final String prefix;

	private final String fact;

	private final List<String> keys;

	UnavailableFeatures(String prefix, String fact, List<String> keys) {
		this.prefix = "secure-streams." + prefix + ".";
		this.fact = fact;
		this.keys = keys;
	}

	/**
	 * Logs which properties are set in vain.
	 * @param environment the properties
	 */
	static void report(Environment environment) {
		Binder binder = Binder.get(environment);
		for (UnavailableFeatures feature : values()) {
			feature.report(binder);
		}
	}

	private void report(Binder binder) {
		if ("false".equals(binder.bind(this.prefix + "enabled", String.class).orElse(""))) {
			return;
		}
		for (String key : this.keys) {
			if (binder.bind(this.prefix + key, String.class).isBound()) {
				logger.warn("{}{} has no effect: {} in this version", this.prefix, key, this.fact);
			}
		}
	}

}
