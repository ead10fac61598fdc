package io.securestreams.endurance;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.securestreams.endurance.FuzzTarget.Trace;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Broken input for everything that reads what others send: parsers by themselves, then
 * clients and servers whose peers send it. The system property {@code fuzz.duration} says
 * how long, {@code fuzz.seed} repeats a run's input.
 */
@Timeout(value = 1, unit = TimeUnit.DAYS)
class FuzzIT {

	private static final Duration DURATION = Duration.parse(System.getProperty("fuzz.duration", "PT10M"));

	private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());

	/** How many cases of a parser come between two rounds of peers. */
	private static final int CASES = 200;

	private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(20);

	/** Most bytes that a case may allocate, and for each octet of input. */
	private static final long MAX_ALLOCATED = 16L << 20;

	private static final long MAX_ALLOCATED_EACH = 20_000;

	private final SplittableRandom random = new SplittableRandom(SEED);

	private final Mutation mutation = new Mutation(this.random.split());

	private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);

	private final List<String> problems = new ArrayList<>();

	private final Map<String, Long> cases = new LinkedHashMap<>();

	private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private volatile long caseStart;

	private volatile String current = "";

	@Test
	void brokenInputIsRefusedAndNothingElse() throws Exception {
		System.out.printf("fuzz: %s, seed %d%n", DURATION, SEED);
		List<FuzzTarget> targets = new ArrayList<>(TextTargets.all());
		targets.addAll(WireTargets.all());
		long end = System.nanoTime() + DURATION.toNanos();
		Thread watched = Thread.currentThread();
		Thread watch = new Thread(() -> watch(watched), "fuzz-watch");
		watch.setDaemon(true);
		watch.start();
		try (FuzzPeers peers = new FuzzPeers(this.random.split())) {
			while (System.nanoTime() - end < 0 && this.problems.isEmpty()) {
				for (FuzzTarget target : targets) {
					for (int i = 0; i < CASES && this.problems.size() < 10; i++) {
						parse(target);
					}
				}
				this.caseStart = 0;
				peers.round(this.problems, this.cases);
			}
		}
		finally {
			watch.interrupt();
			System.out.printf("fuzz: seed %d, cases %s%n", SEED, this.cases);
		}
		assertThat(this.problems).as("seed " + SEED).isEmpty();
	}

	private void parse(FuzzTarget target) {
		byte[] seed = pick(target.seeds());
		byte[] input = this.mutation.mutate(seed, pick(target.seeds()));
		List<byte[]> pieces = this.mutation.cut(input);
		this.cases.merge(target.name(), 1L, Long::sum);
		this.current = target.name() + ": " + ByteBufUtil.hexDump(input);
		this.caseStart = System.nanoTime();
		String whole = run(target, List.of(input));
		if (target.cuttable()) {
			String cut = run(target, pieces);
			if (!cut.equals(whole)) {
				problem("cut differently: " + whole + " / " + cut + " in pieces of "
						+ pieces.stream().map((piece) -> piece.length).toList(), null);
			}
		}
	}

	private String run(FuzzTarget target, List<byte[]> pieces) {
		Trace trace = new Trace();
		long before = this.threads.getCurrentThreadAllocatedBytes();
		try {
			target.parser().parse(pieces, this.allocator, trace);
		}
		catch (Throwable ex) {
			problem("threw", ex);
		}
		long allocated = this.threads.getCurrentThreadAllocatedBytes() - before;
		int size = pieces.stream().mapToInt((piece) -> piece.length).sum();
		if (allocated > MAX_ALLOCATED + MAX_ALLOCATED_EACH * size) {
			problem("allocated " + allocated + " for " + size, null);
		}
		long held = this.allocator.metric().usedHeapMemory() + this.allocator.metric().usedDirectMemory();
		if (held != this.leaked) {
			problem("leaked " + (held - this.leaked), null);
			this.leaked = held;
		}
		return trace.toString();
	}

	private long leaked;

	private byte[] pick(List<byte[]> seeds) {
		return seeds.get(this.random.nextInt(seeds.size()));
	}

	private void problem(String what, @Nullable Throwable ex) {
		String text = what + ((ex != null) ? " " + ex : "") + ", input of " + this.current;
		if (ex != null) {
			ex.printStackTrace(System.out);
		}
		System.out.println("fuzz: " + text);
		this.problems.add(text);
	}

	/** A case that does not end cannot be left: its stack is told, and the run ends. */
	private void watch(Thread watched) {
		try {
			while (true) {
				Thread.sleep(1000);
				long start = this.caseStart;
				if (start != 0 && System.nanoTime() - start > MAX_NANOS) {
					System.out.printf("fuzz: seed %d hangs in %s%n", SEED, this.current);
					for (StackTraceElement element : watched.getStackTrace()) {
						System.out.println("\tat " + element);
					}
					Runtime.getRuntime().halt(3);
				}
			}
		}
		catch (InterruptedException ex) {
			// The run has ended
		}
	}

}
