package io.securestreams.transport.serving;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

import io.securestreams.limits.HttpServerLimits;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.factory.StreamServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Does what a test says as client and handler of either version of HTTP, and compares
 * what the handler was told and what the client got.
 */
abstract class ServerTransactionContract {

	static Site site;

	/** Does not wait for answers. */
	static Site hastySite;

	private final ExecutorService elsewhere = Executors.newSingleThreadExecutor();

	final int slot;

	final boolean onLoop;

	Site at = site;

	ServerTransactionContract(int slot, boolean onLoop) {
		this.slot = slot;
		this.onLoop = onLoop;
	}

	@BeforeAll
	static void startSites() {
		site = new Site(Duration.ofSeconds(50));
		hastySite = new Site(Duration.ofMillis(300));
	}

	@AfterAll
	static void stopSites() {
		site.serving.close();
		hastySite.serving.close();
	}

	@AfterEach
	void stop() {
		this.elsewhere.shutdown();
	}

	/** A server, whose handlers are a test's. */
	static final class Site {

		final ServingFixture serving;

		final StreamServer server;

		volatile Supplier<StreamHandler> handlers = () -> {
			throw new IllegalStateException("no test");
		};

		Site(Duration answerTimeout) {
			this.serving = new ServingFixture("auto",
					(builder) -> builder.httpServer(HttpServerLimits.builder().answerTimeout(answerTimeout).build()),
					ServingFixture.server("site", 0).endpoint("127.0.0.1", 0).metadata("tag", "x-tag:").build());
			this.server = this.serving.listen("site", () -> this.handlers.get());
		}

		int port() {
			return ((InetSocketAddress) this.server.address()).getPort();
		}

	}

	/** What a client does, and sees. */
	interface Program {

		void run(RequestPeer peer, Requests requests, List<String> seen) throws Exception;

	}

	/** The requests that have arrived, in their order. */
	record Requests(List<Transaction> arrived) {

		Transaction number(int index) {
			Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> this.arrived.size() > index);
			return this.arrived.get(index);
		}

		Transaction first() {
			return number(0);
		}

	}

	/** Does the same on both versions, and returns what was the same. */
	final List<String> same(Plan plan, Program program) throws Exception {
		List<String> first = run(false, plan, program);
		assertThat(run(true, plan, program)).as("HTTP/2 does as HTTP/1.1").isEqualTo(first);
		return first;
	}

	final Transaction transaction(Plan plan) {
		return new Transaction(plan, this.slot, this.onLoop ? Runnable::run : this.elsewhere);
	}

	private List<String> run(boolean http2, Plan plan, Program program) throws Exception {
		Requests requests = new Requests(new CopyOnWriteArrayList<>());
		this.at.handlers = () -> {
			Transaction next = transaction(plan);
			requests.arrived.add(next);
			return next;
		};
		List<String> all = new ArrayList<>();
		List<String> seen = new ArrayList<>();
		try (RequestPeer peer = RequestPeer.connect(http2, this.at.port())) {
			program.run(peer, requests, seen);
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.pollInterval(Duration.ofMillis(2))
				.until(() -> this.at.server.clients().isEmpty());
		}
		for (Transaction request : requests.arrived) {
			all.addAll(request.told());
		}
		all.addAll(seen);
		return all;
	}

}
