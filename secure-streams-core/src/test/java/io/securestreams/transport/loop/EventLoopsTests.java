package io.securestreams.transport.loop;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import io.netty.channel.DefaultEventLoop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.securestreams.stream.SecureStreamsException;
import io.securestreams.transport.TestLink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
class EventLoopsTests {

	@Test
	void givesCallersTheirOwnLoop() {
		EventLoops loops = EventLoops.create("nio", 3);
		EventLoopExecutor first = loops.next();
		assertThat(loops.next()).isNotSameAs(first);
		CompletableFuture<Boolean> same = new CompletableFuture<>();
		CompletableFuture<String> name = new CompletableFuture<>();
		first.execute(() -> {
			same.complete(loops.next() == first && loops.next() == first && first.inContext());
			name.complete(Thread.currentThread().getName() + Thread.currentThread().isDaemon());
		});
		assertThat(TestLink.await(same)).isTrue();
		assertThat(TestLink.await(name)).matches("secure-streams-\\dtrue");
		assertThat(watch()).as("keeps the process alive").isPresent().get().matches((thread) -> !thread.isDaemon());
		assertThat(EventLoopExecutor.of(first.eventLoop())).isSameAs(first);
		TestLink.await(loops.shutdown().toCompletableFuture());
	}

	@Test
	void givesCallersOfAnotherGroupsLoopOneOfItsOwn() {
		EventLoops one = EventLoops.create("nio", 1);
		EventLoops other = EventLoops.create("nio", 1);
		CompletableFuture<EventLoopExecutor> next = CompletableFuture.supplyAsync(other::next, one.next()::execute);
		assertThat(TestLink.await(next)).isSameAs(other.next());
		TestLink.await(one.shutdown().toCompletableFuture());
		TestLink.await(other.shutdown().toCompletableFuture());
	}

	@Test
	void wrapsForeignLoops() {
		DefaultEventLoop loop = new DefaultEventLoop();
		assertThat(EventLoopExecutor.of(loop)).isEqualTo(EventLoopExecutor.of(loop));
		loop.shutdownGracefully();
	}

	@Test
	void runsAndCancelsTimers() {
		EventLoops loops = EventLoops.create("auto", 1);
		EventLoopExecutor executor = loops.next();
		CompletableFuture<Void> ran = new CompletableFuture<>();
		CompletableFuture<Void> cancelled = new CompletableFuture<>();
		executor.execute(() -> {
			executor.schedule(() -> cancelled.complete(null), 1).cancel();
			executor.schedule(() -> ran.complete(null), 5);
		});
		TestLink.await(ran);
		assertThat(cancelled).isNotDone();
		TestLink.await(loops.shutdown().toCompletableFuture());
	}

	@Test
	void tellsWhyATransportCannotBeUsed() {
		assertThatExceptionOfType(SecureStreamsException.class).isThrownBy(() -> EventLoops.create("winsock", 1))
			.withMessageContaining("\"winsock\" is unknown");
		String missing = System.getProperty("os.name").startsWith("Linux") ? "kqueue" : "epoll";
		assertThatExceptionOfType(SecureStreamsException.class).isThrownBy(() -> EventLoops.create(missing, 1))
			.withMessageContaining("\"" + missing + "\" is not available here: ")
			.withCauseInstanceOf(Throwable.class);
		assertThatExceptionOfType(SecureStreamsException.class).isThrownBy(() -> EventLoops.create("nio", -1))
			.withMessageContaining("-1");
	}

	private static Optional<Thread> watch() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals(LoopWatch.THREAD))
			.findAny();
	}

}
