package io.securestreams.transport.websocket;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.securestreams.SecureStreams;
import io.securestreams.limits.WebSocketLimits;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.factory.StreamServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A chat with a thousand members, of whom one never reads: everybody else hears
 * everything in order, and what waits for that one is bounded.
 */
@Timeout(180)
class ChatIT {

	private static final int MEMBERS = 1000;

	private static final int ROUNDS = 40;

	private static final int LARGE = 32 * 1024;

	@TempDir
	Path directory;

	@Test
	void oneWhoDoesNotReadIsNobodyElsesBusiness() throws Exception {
		List<PeerProcess> guests = new ArrayList<>();
		try (ServerSite site = new ServerSite(WebSocketLimits.DEFAULTS, (builder) -> builder.eventLoopThreads(2),
				"\"chat\": { \"protocol\": \"ws\", \"http_url\": \"/chat\", "
						+ "\"options\": [ { \"send_overflow\": \"disconnect\" } ] }");
				SecureStreams clients = clients(site)) {
			StreamServer server = site.listen("chat", () -> new StreamHandler() {
			});
			Members members = new Members(clients);
			assertThat(members.joined.await(60, TimeUnit.SECONDS)).isTrue();
			ClientScript mute = ClientScript.open(site, "/chat");
			mute.socket.setReceiveBufferSize(8 * 1024);
			invite(site, guests);
			int everybody = MEMBERS + 1 + guests.size();
			Awaitility.await().until(() -> server.clients().size() == everybody);
			SecureStream silent = List.copyOf(server.clients()).get(MEMBERS);
			int round = 0;
			while (round < ROUNDS) {
				assertThat(broadcast(server, "round " + round++)).isEqualTo(everybody);
			}
			// As much as fills what lies between us, and what may wait behind that
			flood(silent);
			Awaitility.await()
				.atMost(Duration.ofSeconds(60))
				.until(() -> silent.isClosed() && server.clients().size() == everybody - 1);
			for (int i = 0; i < ROUNDS; i++) {
				assertThat(broadcast(server, "round " + round++)).isEqualTo(everybody - 1);
			}
			broadcast(server, "end " + round);
			members.left.await(120, TimeUnit.SECONDS);
			assertThat(members.left.getCount()).as("members that have not heard the end").isZero();
			assertThat(members.wrong).hasValue(0);
			for (PeerProcess guest : guests) {
				assertThat(guest.lines()).containsExactly("COUNT " + round + " 1000");
			}
			mute.close();
		}
		finally {
			guests.forEach(PeerProcess::close);
		}
	}

	private static SecureStreams clients(ServerSite site) {
		String policy = "{ \"s\": [ { \"member\": { \"protocol\": \"ws\", \"http_url\": \"/chat\", "
				+ "\"opportunistic\": true, " + site.endpoint() + " } } ] }";
		return SecureStreams.builder().eventLoopThreads(1).policy(PolicyJson.read(policy, "test").policy()).build();
	}

	private void invite(ServerSite site, List<PeerProcess> guests) throws Exception {
		String url = "ws://" + ServerSite.HOST + ":" + site.port + "/chat";
		if (PeerProcess.find("node") != null && PeerProcess.find("npm") != null && PeerProcess.succeeds(this.directory,
				"npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "ws@8")) {
			guests.add(PeerProcess.start(this.directory, List.of(Objects.requireNonNull(PeerProcess.find("node")),
					PeerProcess.script(this.directory, "chat-client.mjs").toString(), url)));
		}
		if (PeerProcess.succeeds(this.directory, "/usr/bin/python3", "-c", "import websockets")) {
			guests.add(PeerProcess.start(this.directory,
					List.of("/usr/bin/python3", PeerProcess.script(this.directory, "chat-client.py").toString(), url)));
		}
		for (PeerProcess guest : guests) {
			guest.port();
		}
	}

	private static int broadcast(StreamServer server, String line) {
		return server.broadcast(line.getBytes(StandardCharsets.UTF_8));
	}

	private static void flood(SecureStream stream) {
		byte[] large = new byte[LARGE];
		CompletionStage<Long> sent;
		do {
			sent = stream.send(large);
		}
		while (!sent.toCompletableFuture().isCompletedExceptionally());
	}

	/** A thousand streams that listen. */
	private static final class Members {

		final CountDownLatch joined = new CountDownLatch(MEMBERS);

		final CountDownLatch left = new CountDownLatch(MEMBERS);

		final AtomicInteger wrong = new AtomicInteger();

		Members(SecureStreams streams) {
			for (int i = 0; i < MEMBERS; i++) {
				streams.create("member", new Member()).connect();
			}
		}

		private final class Member implements StreamHandler {

			private final StringBuilder line = new StringBuilder();

			private int heard;

			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				switch (state) {
					case CONNECTED -> Members.this.joined.countDown();
					case DESTROYING -> Members.this.left.countDown();
					default -> {
					}
				}
			}

			@Override
			public void onReceive(SecureStream stream, Payload payload) {
				this.line.append(payload.text());
				if (payload.isEnd()) {
					heard(stream, this.line.toString());
					this.line.setLength(0);
				}
			}

			private void heard(SecureStream stream, String line) {
				if (line.startsWith("end")) {
					if (!line.equals("end " + this.heard)) {
						Members.this.wrong.incrementAndGet();
					}
					stream.close();
				}
				else if (!line.equals("round " + this.heard++)) {
					Members.this.wrong.incrementAndGet();
				}
			}

		}

	}

}
