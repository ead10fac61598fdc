package io.securestreams.testing;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;

/**
 * Collects what Netty's leak detectors report. Must be installed before the first buffer
 * is allocated, because Netty keeps its detectors in static fields.
 */
public final class LeakGuard {

	private static final int ROUNDS = 2;

	private static final long COLLECTION_TIMEOUT_MILLIS = 2000;

	private static final Pattern RUNNER_FRAMES = Pattern.compile(
			"(?m)^\\s+(?:org\\.junit\\.|org\\.apache\\.maven\\.|java\\.base/(?:jdk\\.internal|java\\.lang)\\.reflect\\.).*\\R?");

	/** A broker in the same process, on threads of its own, is not ours. */
	private static final String BROKER_FRAMES = "org.apache.activemq.";

	private static final List<ResourceLeakDetector<Object>> detectors = new CopyOnWriteArrayList<>();

	private static final Queue<String> leaks = new ConcurrentLinkedQueue<>();

	private LeakGuard() {
	}

	public static synchronized void install() {
		if (!(ResourceLeakDetectorFactory.instance() instanceof RecordingFactory)) {
			ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new RecordingFactory());
		}
	}

	/**
	 * Collects garbage and returns the leaks reported since the last call.
	 */
	public static List<String> drain() {
		// Twice: an object freed in the first round may have held the last reference to
		// another
		for (int round = 0; round < ROUNDS; round++) {
			collectGarbage();
			detectors.forEach(LeakGuard::flush);
		}
		List<String> drained = new ArrayList<>();
		for (String leak = leaks.poll(); leak != null; leak = leaks.poll()) {
			drained.add(leak);
		}
		return drained;
	}

	private static void collectGarbage() {
		ReferenceQueue<Object> queue = new ReferenceQueue<>();
		WeakReference<Object> canary = new WeakReference<>(new Object(), queue);
		System.gc();
		try {
			queue.remove(COLLECTION_TIMEOUT_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		canary.clear();
	}

	/** A detector looks for leaked resources only when it is given another one. */
	private static void flush(ResourceLeakDetector<Object> detector) {
		Object probe = new Object();
		ResourceLeakTracker<Object> tracker = detector.trackForcibly(probe);
		if (tracker != null) {
			tracker.close(probe);
		}
	}

	private static final class RecordingFactory extends ResourceLeakDetectorFactory {

		@Override
		@Deprecated
		public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval,
				long maxActive) {
			return newResourceLeakDetector(resource, samplingInterval);
		}

		@Override
		@SuppressWarnings("unchecked")
		public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval) {
			RecordingDetector<T> detector = new RecordingDetector<>(resource, samplingInterval);
			detectors.add((ResourceLeakDetector<Object>) detector);
			return detector;
		}

	}

	private static final class RecordingDetector<T> extends ResourceLeakDetector<T> {

		RecordingDetector(Class<T> resource, int samplingInterval) {
			super(resource, samplingInterval);
		}

		@Override
		protected boolean needReport() {
			return true;
		}

		@Override
		protected void reportTracedLeak(String resourceType, String records) {
			if (records.contains(BROKER_FRAMES)) {
				return;
			}
			leaks.add("LEAK: " + resourceType + " was not released" + RUNNER_FRAMES.matcher(records).replaceAll(""));
		}

		@Override
		protected void reportUntracedLeak(String resourceType) {
			leaks.add("LEAK: " + resourceType + " was not released (no records)");
		}

	}

}
