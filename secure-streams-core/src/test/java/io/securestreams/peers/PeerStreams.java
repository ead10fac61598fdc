package io.securestreams.peers;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamOptions;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.SystemBlobs.Blob;
import io.securestreams.transport.TestPki;

/**
 * Single transactions under a policy of one streamtype per call; the engine and its
 * cookies stay.
 */
final class PeerStreams implements AutoCloseable {

	private static final String POLICY = """
			{ "retry": [ { "once": { "backoff": [100], "conceal": 0 } } ],
			  "certs": [ { "ca": "%s" } ], "trust_stores": [ { "name": "peers", "stack": ["ca"] } ],
			  "s": [ { "test": { "endpoint": "localhost", "port": %d, "protocol": "%s", %s "opportunistic": true,
			    "retry": "once", %s } }%s ] }
			""";

	final SystemBlobs blobs = new SystemBlobs();

	private final SecureStreams streams = SecureStreams.builder().blobs(this.blobs).build();

	void auth(String token) {
		this.blobs.set(Blob.AUTH, token.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Makes one transaction.
	 * @param peer where
	 * @param keys the policy's keys, without braces
	 * @param others further streamtypes, each with a comma in front
	 * @param metadata values to set
	 * @param bodies the body, part by part; none for a request without
	 * @return what happened
	 */
	Outcome exchange(Peer peer, String keys, String others, Map<String, String> metadata, String... bodies)
			throws Exception {
		String text = POLICY.formatted(Base64.getEncoder().encodeToString(TestPki.CA.getCertificate().getEncoded()),
				peer.port(), peer.protocol(), peer.tls() ? "\"tls\": true, \"tls_trust_store\": \"peers\"," : "", keys,
				others);
		this.streams.updatePolicy((old) -> PolicyJson.read(text, "test").policy());
		Outcome outcome = new Outcome(metadata, bodies);
		SecureStream stream = this.streams.create("test", outcome);
		outcome.done.get(30, TimeUnit.SECONDS);
		stream.close();
		return outcome;
	}

	Outcome exchange(Peer peer, String keys, String... bodies) throws Exception {
		return exchange(peer, keys, "", Map.of(), bodies);
	}

	/**
	 * Makes the last transaction again, many times at once.
	 * @param count how many
	 * @return what happened
	 */
	List<Outcome> together(int count) throws Exception {
		List<Outcome> outcomes = new ArrayList<>();
		List<SecureStream> all = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			Outcome outcome = new Outcome(Map.of());
			outcomes.add(outcome);
			all.add(this.streams.create("test", outcome));
		}
		for (Outcome outcome : outcomes) {
			outcome.done.get(30, TimeUnit.SECONDS);
		}
		all.forEach(SecureStream::close);
		return outcomes;
	}

	/**
	 * Makes the last transaction again with tx credit by hand.
	 * @param initial credit to start with
	 * @param more credit given once that has been used up
	 * @return bytes received before more was given, and in all
	 */
	List<Integer> byHand(int initial, int more) throws Exception {
		List<Integer> received = new ArrayList<>();
		CompletableFuture<Void> done = new CompletableFuture<>();
		SecureStream stream = this.streams.create("test", new StreamHandler() {

			private int total;

			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				if (state == StreamState.DISCONNECTED) {
					received.add(this.total);
					done.complete(null);
				}
			}

			@Override
			public void onReceive(SecureStream stream, Payload payload) {
				this.total += payload.length();
				if (received.isEmpty() && this.total >= initial) {
					received.add(this.total);
					stream.grantCredit(more);
				}
			}

		}, new StreamOptions(initial));
		stream.connect();
		done.get(30, TimeUnit.SECONDS);
		stream.close();
		return received;
	}

	@Override
	public void close() {
		this.streams.close();
	}

	/**
	 * Where to connect, and how.
	 *
	 * @param name what tests call it
	 * @param protocol protocol of the policy
	 * @param port port on localhost
	 * @param tls whether over TLS
	 */
	record Peer(String name, String protocol, int port, boolean tls) {

		@Override
		public String toString() {
			return this.name;
		}

	}

	/**
	 * What happened on one stream.
	 */
	static final class Outcome implements StreamHandler {

		final List<String> states = new ArrayList<>();

		final List<String> messages = new ArrayList<>();

		final List<String> slots = new ArrayList<>();

		final StringBuilder marks = new StringBuilder();

		final List<ConnectionTimings> timings = new ArrayList<>();

		final List<String> perf = new ArrayList<>();

		final CompletableFuture<Void> done = new CompletableFuture<>();

		private final Map<String, String> metadata;

		private final Deque<byte[]> parts = new ArrayDeque<>();

		private final ByteArrayOutputStream message = new ByteArrayOutputStream();

		volatile Map<String, String> received = Map.of();

		volatile String failure = "";

		Outcome(Map<String, String> metadata, String... bodies) {
			this.metadata = metadata;
			for (String body : bodies) {
				this.parts.add(body.getBytes(StandardCharsets.UTF_8));
			}
		}

		String text() {
			return String.join("|", this.messages);
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (!this.done.isDone()) {
				this.states.add(state.name());
			}
			switch (state) {
				case CREATING -> {
					this.metadata.forEach(stream.metadata()::set);
					if (this.parts.isEmpty()) {
						stream.connect();
					}
					else {
						stream.requestTx(this.parts.stream().mapToLong((part) -> part.length).sum());
					}
				}
				case UNREACHABLE -> this.failure = String.valueOf(stream.lastFailure());
				case CONNECTED -> this.received = stream.metadata().asMap();
				case DISCONNECTED, ALL_RETRIES_FAILED -> this.done.complete(null);
				default -> {
				}
			}
		}

		@Override
		public void onUserState(SecureStream stream, int userState) {
			this.states.add(Integer.toString(userState));
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			byte[] part = this.parts.poll();
			if (part != null) {
				this.slots.add(slot.rideshare());
				slot.write(part).end();
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			byte[] bytes = new byte[payload.length()];
			ByteBuffer.wrap(bytes).put(payload.content().nioBuffer());
			if (payload.isPerf()) {
				this.perf.add(new String(bytes, StandardCharsets.UTF_8));
				return;
			}
			this.message.writeBytes(bytes);
			this.marks.append(payload.isRelatedStart() ? "<" : "");
			if (payload.isEnd()) {
				this.messages.add(this.message.toString(StandardCharsets.UTF_8));
				this.message.reset();
				this.marks.append(payload.isRelatedEnd() ? ".>" : ".");
			}
		}

		@Override
		public void onPerf(SecureStream stream, ConnectionTimings timings) {
			this.timings.add(timings);
		}

	}

}
