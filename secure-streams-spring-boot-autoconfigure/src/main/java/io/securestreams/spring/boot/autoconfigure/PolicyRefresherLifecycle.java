package io.securestreams.spring.boot.autoconfigure;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.system.policyfetch.PolicyRefresher;

/**
 * Lets the policy arrive before handler beans get their streams, or be late. While the
 * context is paused, none is fetched.
 */
final class PolicyRefresherLifecycle implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(PolicyRefresherLifecycle.class);

	/** What is to be done around fetches does not count for their time limit. */
	private static final long GRACE_MILLIS = 5000;

	private final PolicyRefresher refresher;

	private final long patienceMillis;

	private volatile boolean running;

	PolicyRefresherLifecycle(PolicyRefresher refresher, PolicyFetchProperties properties) {
		this.refresher = refresher;
		long fetches = (properties.signature().sslBundle() != null) ? 2 : 1;
		this.patienceMillis = properties.timeout().toMillis() * fetches + GRACE_MILLIS;
	}

	@Override
	public int getPhase() {
		return SecureStreamHandlerRegistry.PHASE - 1024;
	}

	@Override
	public void start() {
		this.running = true;
		try {
			this.refresher.start().toCompletableFuture().get(this.patienceMillis, TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException | ExecutionException ex) {
			logger.warn("The start goes on without a fetched policy", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void stop() {
		this.running = false;
		// A context that is paused starts again, and one that ends closes it
		this.refresher.pause();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
