package io.securestreams.spring.boot.autoconfigure;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.system.captiveportal.CaptivePortalDetector;
import io.securestreams.system.captiveportal.CaptivePortalStatus;

/**
 * Checks for a captive portal at start, without waiting for it, and whenever the
 * addresses of this machine have changed.
 */
final class CaptivePortalLifecycle implements SmartLifecycle {

	private static final long LOOK_SECONDS = 10;

	private final CaptivePortalDetector detector;

	private volatile @Nullable ScheduledExecutorService watch;

	private Set<String> addresses = Set.of();

	CaptivePortalLifecycle(CaptivePortalDetector detector) {
		this.detector = detector;
	}

	@Override
	public int getPhase() {
		return SecureStreamHandlerRegistry.PHASE - 512;
	}

	@Override
	public void start() {
		// A test may have put a mock in its place, which has none
		CaptivePortalStatus status = this.detector.status();
		if (this.watch != null || status == null || !status.available()) {
			return;
		}
		this.addresses = addresses();
		this.detector.check();
		ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, "secure-streams-network");
			thread.setDaemon(true);
			return thread;
		});
		this.watch = started;
		started.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
	}

	private void look() {
		Set<String> now = addresses();
		if (!now.equals(this.addresses)) {
			this.addresses = now;
			this.detector.check();
		}
	}

	private static Set<String> addresses() {
		Set<String> found = new TreeSet<>();
		try {
			NetworkInterface.networkInterfaces()
				.forEach((network) -> network.inetAddresses()
					.filter((address) -> !address.isLoopbackAddress())
					.forEach((address) -> found.add(network.getName() + " " + address.getHostAddress())));
		}
		catch (SocketException ex) {
			// Then it cannot be told
			return Set.of();
		}
		return found;
	}

	@Override
	public void stop() {
		ScheduledExecutorService running = this.watch;
		this.watch = null;
		if (running != null) {
			running.shutdownNow();
		}
	}

	@Override
	public boolean isRunning() {
		return this.watch != null;
	}

}
