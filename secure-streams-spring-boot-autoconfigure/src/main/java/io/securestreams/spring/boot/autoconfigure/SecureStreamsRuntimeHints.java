package io.securestreams.spring.boot.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

import io.securestreams.spring.boot.policy.PolicyLoader;

/**
 * Keeps the policy's default resource in native images. Other class path locations must
 * be registered by the application.
 */
class SecureStreamsRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.resources().registerPattern(PolicyLoader.DEFAULT_RESOURCE);
	}

}
