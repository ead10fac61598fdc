package io.securestreams.demo.client;

import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.Profiles;

/**
 * Keeps standard output for the client's own lines: whatever else prints to it, such as a
 * log line while logging is being set up or is gone again, goes to standard error.
 */
public final class ClientOutput implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

	/** After the profiles are known, before logging is set up. */
	private static final int AFTER_CONFIGURATION = HIGHEST_PRECEDENCE + 15;

	@Override
	public int getOrder() {
		return AFTER_CONFIGURATION;
	}

	@Override
	public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
		if (event.getEnvironment().acceptsProfiles(Profiles.of("client"))) {
			System.setOut(System.err);
		}
	}

}
