package io.securestreams.engine.stream;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StreamDirectoryTests {

	private final StreamDirectory<String> directory = new StreamDirectory<>();

	@Test
	void knowsWhatIsAliveOldestFirst() {
		StreamName first = add("a");
		StreamName second = add("b");
		StreamName third = add("c");
		assertThat(this.directory.copy()).containsExactly("a", "b", "c");
		assertThat(this.directory.remove(second)).isEqualTo("b");
		assertThat(this.directory.remove(second)).isNull();
		assertThat(this.directory.copy()).containsExactly("a", "c");
		assertThat(this.directory.size()).isEqualTo(2);
		this.directory.remove(first);
		this.directory.remove(third);
		assertThat(this.directory.copy()).isEmpty();
		assertThat(this.directory.size()).isZero();
	}

	@Test
	void findsEverythingThroughManyChanges() {
		Random random = new Random(1);
		Map<StreamName, String> expected = new HashMap<>();
		List<StreamName> alive = new ArrayList<>();
		for (int i = 0; i < 200_000; i++) {
			// It grows to some thousands, and becomes nearly empty again
			boolean more = random.nextInt(100) < ((i / 20_000 % 2 == 0) ? 60 : 41);
			if (more || alive.isEmpty()) {
				StreamName name = add("entry " + i);
				expected.put(name, "entry " + i);
				alive.add(name);
			}
			else {
				int which = random.nextInt(alive.size());
				StreamName gone = alive.get(which);
				alive.set(which, alive.get(alive.size() - 1));
				alive.remove(alive.size() - 1);
				assertThat(this.directory.remove(gone)).isEqualTo(expected.remove(gone));
			}
			if (i % 10_000 == 0) {
				assertThat(this.directory.unordered()).containsExactlyInAnyOrderElementsOf(expected.values());
			}
		}
		assertThat(this.directory.size()).isEqualTo(expected.size());
		alive.forEach((name) -> assertThat(this.directory.remove(name)).isEqualTo(expected.get(name)));
		assertThat(this.directory.size()).isZero();
	}

	@Test
	void oneThatStaysIsSeenOnceByWhoeverWalksThroughWhileItChanges() {
		List<StreamName> staying = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			staying.add(add("stays " + i));
		}
		List<String> seen = new ArrayList<>();
		Iterator<String> walk = this.directory.unordered().iterator();
		while (walk.hasNext()) {
			seen.add(walk.next());
			StreamName passing = add("passes");
			for (int i = 0; i < 10; i++) {
				add("comes");
			}
			this.directory.remove(passing);
		}
		assertThat(seen.stream().filter((entry) -> entry.startsWith("stays"))).hasSize(staying.size())
			.doesNotHaveDuplicates();
	}

	@Test
	void isEmptiedWhenTheLastIsGoneAfterItWasSealed() {
		StreamName last = add("a");
		StreamName other = add("b");
		this.directory.remove(other);
		CompletableFuture<Void> emptied = this.directory.seal().toCompletableFuture();
		assertThat(this.directory.isSealed()).isTrue();
		assertThat(emptied).isNotDone();
		this.directory.remove(last);
		assertThat(emptied).isCompleted();
	}

	@Test
	void servesThreadsAtTheSameTime() {
		List<CompletableFuture<Void>> threads = new ArrayList<>();
		for (int t = 0; t < 4; t++) {
			String mark = "thread " + t;
			threads.add(CompletableFuture.runAsync(() -> {
				for (int i = 0; i < 20_000; i++) {
					StreamName name = add(mark);
					if (!mark.equals(this.directory.remove(name))) {
						throw new IllegalStateException("not there");
					}
				}
			}));
		}
		CompletableFuture.allOf(threads.toArray(new CompletableFuture<?>[0])).join();
		assertThat(this.directory.size()).isZero();
		assertThat(this.directory.copy()).isEmpty();
	}

	private StreamName add(String entry) {
		StreamName name = StreamName.next("test");
		this.directory.add(name, entry);
		return name;
	}

}
