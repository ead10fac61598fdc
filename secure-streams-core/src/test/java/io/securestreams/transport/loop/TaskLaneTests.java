package io.securestreams.transport.loop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TaskLaneTests {

	private static final int MANY = 10_000;

	/** What the loop has to do, in its order. */
	private final Queue<Runnable> loop = new ArrayDeque<>();

	private boolean ended;

	private long nanos;

	private final TaskLane lane = new TaskLane(this::execute, () -> this.nanos);

	private int done;

	@Test
	void manyTasksRunInSlicesBetweenWhichTheLoopDoesWhatElseThereIs() {
		for (int i = 0; i < MANY; i++) {
			this.lane.add(() -> task(100_000));
		}
		int most = 0;
		while (this.done < MANY) {
			int before = this.done;
			assertThat(this.loop).as("there is one task for all of them").hasSize(1);
			this.loop.remove().run();
			most = Math.max(most, this.done - before);
		}
		assertThat(most).isEqualTo(5);
	}

	@Test
	void aTaskThatTakesLongIsASliceOfItsOwn() {
		this.lane.add(() -> task(10 * TaskLane.SLICE_NANOS));
		this.lane.add(() -> task(0));
		this.loop.remove().run();
		assertThat(this.done).isEqualTo(1);
	}

	@Test
	void tasksKeepTheirOrderAlsoThoseThatAreAddedMeanwhile() {
		List<String> order = new ArrayList<>();
		this.lane.add(() -> {
			order.add("first");
			this.lane.add(() -> order.add("third"));
		});
		this.lane.add(() -> order.add("second"));
		runAll();
		assertThat(order).containsExactly("first", "second", "third");
	}

	@Test
	void aTaskThatThrowsDoesNotKeepTheOthersFromRunning() {
		this.lane.add(() -> {
			throw new IllegalStateException("on purpose");
		});
		this.lane.add(() -> task(0));
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(this.loop.remove()::run);
		runAll();
		assertThat(this.done).isEqualTo(1);
	}

	@Test
	void anEmptyLaneStartsAgain() {
		this.lane.add(() -> task(0));
		runAll();
		this.lane.add(() -> task(0));
		runAll();
		assertThat(this.done).isEqualTo(2);
	}

	@Test
	void whatWasTakenBeforeTheLoopEndedIsDoneAndNothingElseIsTaken() {
		for (int i = 0; i < 10; i++) {
			this.lane.add(() -> task(TaskLane.SLICE_NANOS));
		}
		this.ended = true;
		this.loop.remove().run();
		assertThat(this.done).isEqualTo(10);
		TaskLane late = new TaskLane(this::execute, () -> this.nanos);
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> late.add(() -> task(0)));
		assertThat(this.done).isEqualTo(10);
	}

	private void task(long nanosTaken) {
		this.nanos += nanosTaken;
		this.done++;
	}

	private void execute(Runnable task) {
		if (this.ended) {
			throw new RejectedExecutionException();
		}
		this.loop.add(task);
	}

	private void runAll() {
		for (Runnable task = this.loop.poll(); task != null; task = this.loop.poll()) {
			task.run();
		}
	}

}
