package io.securestreams.transport.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

import io.netty.buffer.ByteBuf;

/**
 * Takes all direct memory there is, on two event loops, again and again: the process of
 * {@link DirectMemoryTests}. Prints what refusals said, the longest time one took, and
 * whether memory could be had when all was given back.
 */
final class MemoryEater {

	private static final int ROUNDS = 20;

	private static final int REFUSALS = 20;

	private MemoryEater() {
	}

	public static void main(String[] args) {
		EventLoops loops = EventLoops.create("nio", 2);
		Map<String, Integer> refusals = new TreeMap<>();
		AtomicLong longest = new AtomicLong();
		List<CompletableFuture<Void>> done = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			EventLoopExecutor loop = loops.next();
			SplittableRandom random = new SplittableRandom(i);
			done.add(CompletableFuture.runAsync(() -> eat(loop, random, refusals, longest), loop::execute));
		}
		done.forEach(CompletableFuture::join);
		refusals.forEach((text, count) -> System.out.println("refusal " + count + " " + text));
		System.out.println("longest " + longest.get() / 1_000_000 + " ms");
		boolean served = false;
		for (int attempt = 0; attempt < 100 && !served; attempt++) {
			served = CompletableFuture.supplyAsync(MemoryEater::serves, loops.next()::execute).join();
		}
		System.out.println("served " + served);
		loops.shutdown().toCompletableFuture().join();
	}

	private static void eat(EventLoopExecutor loop, SplittableRandom random, Map<String, Integer> refusals,
			AtomicLong longest) {
		List<ByteBuf> held = new ArrayList<>();
		for (int round = 0; round < ROUNDS; round++) {
			for (int refused = 0; refused < REFUSALS;) {
				int size = (random.nextInt(4) == 0) ? random.nextInt(1, 100_000) : random.nextInt(1, 16_000);
				long start = System.nanoTime();
				try {
					held.add(loop.allocator().directBuffer(size));
				}
				catch (OutOfMemoryError ex) {
					refused++;
					long taken = System.nanoTime() - start;
					longest.accumulateAndGet(taken, Math::max);
					synchronized (refusals) {
						refusals.merge(String.valueOf(ex.getMessage()).replaceAll("[0-9]+", "N"), 1, Integer::sum);
					}
				}
			}
			while (held.size() > random.nextInt(100)) {
				held.remove(held.size() - 1).release();
			}
		}
		held.forEach(ByteBuf::release);
	}

	private static boolean serves() {
		try {
			for (int size = 100; size < 100_000; size *= 3) {
				RefusingAllocator.SHARED.directBuffer(size).release();
			}
			return true;
		}
		catch (OutOfMemoryError ex) {
			return false;
		}
	}

}
