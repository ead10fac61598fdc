package io.securestreams.transport.websocket;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.securestreams.SecureStreams;
import io.securestreams.limits.WebSocketLimits;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamOverflowException;
import io.securestreams.stream.StreamServer;
import io.securestreams.stream.StreamState;
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

	/** Whom the application has sent away, because too much was waiting. */
	private final ConcurrentLinkedQueue<SecureStream> overflowed = new ConcurrentLinkedQueue<>();

	@Test
	void oneWhoDoesNotReadIsNobodyElsesBusiness() throws Exception {
		List<PeerProcess> guests = new ArrayList<>();
		try (ServerSite site = new ServerSite(WebSocketLimits.DEFAULTS, (builder) -> builder.eventLoopThreads(2),
				"\"chat\": { \"protocol\": \"ws\", \"http_url\": \"/chat\" }");
				SecureStreams clients = clients(site)) {
			StreamServer server = site.listen("chat", () -> new StreamHandler() {
			});
			Members members = new Members(clients);
			members.joined.await(60, TimeUnit.SECONDS);
			ClientScript mute = ClientScript.open(site, "/chat");
			mute.socket.setReceiveBufferSize(8 * 1024);
			invite(site, guests);
			int everybody = MEMBERS + 1 + guests.size();
			Awaitility.await().until(() -> server.clients().size() == everybody);
			SecureStream silent = List.copyOf(server.clients()).get(MEMBERS);
			for (int round = 0; round < ROUNDS; round++) {
				broadcast(server, "round " + round);
			}
			// As much as fills what lies between us, and more than may wait behind that
			String large = "x".repeat(LARGE);
			for (int i = 0; this.overflowed.isEmpty() && i < 4096; i++) {
				send(silent, large);
			}
			assertThat(this.overflowed).containsOnly(silent);
			Awaitility.await().until(() -> server.clients().size() == everybody - 1);
			for (int round = ROUNDS; round < 2 * ROUNDS; round++) {
				broadcast(server, "round " + round);
			}
			broadcast(server, "end");
			assertThat(members.left.await(60, TimeUnit.SECONDS)).isTrue();
			assertThat(members.wrong).hasValue(0);
			for (PeerProcess guest : guests) {
				assertThat(guest.lines()).containsExactly("COUNT " + 2 * ROUNDS + " 1000");
			}
			assertThat(this.overflowed).containsOnly(silent);
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
		if (PeerProcess.find("node") != null && PeerProcess.find("npm") != null && PeerProcess
			.succeeds(this.directory, "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "ws@8")) {
			guests.add(PeerProcess.start(this.directory, List.of(Objects.requireNonNull(PeerProcess.find("node")),
					PeerProcess.script(this.directory, "chat-client.mjs").toString(), url)));
		}
		if (PeerProcess.succeeds(this.directory, "/usr/bin/python3", "-c", "import websockets")) {
			guests.add(PeerProcess.start(this.directory, List.of("/usr/bin/python3",
					PeerProcess.script(this.directory, "chat-client.py").toString(), url)));
		}
		for (PeerProcess guest : guests) {
			guest.port();
		}
	}

	private void broadcast(StreamServer server, String line) {
		server.clients().forEach((client) -> send(client, line));
	}

	/** What a chat does with members that do not keep up. */
	private void send(SecureStream client, String line) {
		client.send(line.getBytes(java.nio.charset.StandardCharsets.UTF_8)).whenComplete((nothing, failure) -> {
			Throwable cause = (failure instanceof CompletionException) ? failure.getCause() : failure;
			if (cause instanceof StreamOverflowException) {
				this.overflowed.add(client);
				client.close();
			}
		});
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
				String line = payload.text();
				if (line.equals("end")) {
					if (this.heard != 2 * ROUNDS) {
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
