package io.securestreams.system.policyfetch;

import java.util.concurrent.atomic.AtomicBoolean;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WorkerThread}.
 */
@Timeout(60)
class WorkerThreadTests {

	@Test
	void whoEndsItMayWaitForItsLastTask() {
		WorkerThread worker = new WorkerThread("worker");
		Thread waiting = Thread.currentThread();
		AtomicBoolean done = new AtomicBoolean();
		worker.execute(() -> {
			Awaitility.await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
			worker.close();
			// It would wait for itself
			worker.awaitEnd();
			done.set(true);
		});
		worker.awaitEnd();
		assertThat(done).isTrue();
	}

}
