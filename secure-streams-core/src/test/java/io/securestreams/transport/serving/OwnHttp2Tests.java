package io.securestreams.transport.serving;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.http.TestHttpPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Our own client of HTTP/2 and our own server, many streams of one connection at a time.
 */
@Timeout(120)
class OwnHttp2Tests {

	private static final int STREAMS = 40;

	private static final int SIZE = 700_000;

	/** More than the windows of one connection, both ways, on every stream. */
	@Test
	void bodiesGoThereAndBackOnOneConnection() throws Exception {
		StreamPolicy server = ServingFixture.server("echo", 0).endpoint("!tls", 0).build();
		try (ServingFixture serving = RequestPartsTests.tls(server)) {
			AtomicInteger accepted = new AtomicInteger();
			Map<String, Boolean> peers = new ConcurrentHashMap<>();
			InetSocketAddress address = (InetSocketAddress) serving.listen("echo", () -> new Echo(accepted, peers))
				.address();
			StreamPolicy client = TestHttpPolicy.post("/")
				.name("client")
				.protocol(Protocol.H2)
				.endpoint("localhost", address.getPort())
				.tls(TestPolicies.trusting(TestPki.CA.getCertificate()))
				.build();
			serving.streams().updatePolicy((policy) -> ServingFixture.policy(server, client));
			List<Upload> uploads = new ArrayList<>();
			for (int i = 0; i < STREAMS; i++) {
				byte[] body = new byte[SIZE];
				new Random(i).nextBytes(body);
				Upload upload = new Upload(body);
				uploads.add(upload);
				SecureStream stream = serving.streams().create("client", upload);
				if (i % 2 == 0) {
					stream.requestTx(SIZE);
				}
				else {
					stream.requestTx();
				}
			}
			for (Upload upload : uploads) {
				assertThat(upload.done.get(100, TimeUnit.SECONDS)).isEqualTo(upload.body);
			}
			// On HTTP/1.1 a stream would be a connection
			assertThat(accepted).hasValue(STREAMS);
			assertThat(peers).as("connections").hasSize(1);
		}
	}

	/** Sends a body piece by piece, and collects what comes back. */
	private static final class Upload implements StreamHandler {

		final byte[] body;

		final CompletableFuture<byte[]> done = new CompletableFuture<>();

		private final ByteArrayOutputStream received = new ByteArrayOutputStream();

		private int sent;

		Upload(byte[] body) {
			this.body = body;
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			switch (state) {
				case QOS_ACK_REMOTE -> this.done.complete(this.received.toByteArray());
				case QOS_NACK_REMOTE, UNREACHABLE ->
					this.done.completeExceptionally(new AssertionError(state + " " + stream.lastFailure()));
				default -> {
				}
			}
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			int size = Math.min(slot.capacity(), this.body.length - this.sent);
			slot.write(this.body, this.sent, size);
			this.sent += size;
			if (this.sent == this.body.length) {
				slot.end();
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			this.received.writeBytes(payload.toByteArray());
		}

	}

	/** Sends back what comes, when all of it is there. */
	private static final class Echo implements StreamHandler {

		private final ByteArrayOutputStream body = new ByteArrayOutputStream();

		private final AtomicInteger accepted;

		private final Map<String, Boolean> connections;

		private int sent;

		Echo(AtomicInteger accepted, Map<String, Boolean> connections) {
			this.accepted = accepted;
			this.connections = connections;
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.CREATING) {
				this.accepted.incrementAndGet();
			}
			else if (state == StreamState.SERVER_TXN) {
				// Streams of one connection live on its event loop
				this.connections.put(Thread.currentThread().getName(), true);
				stream.acknowledge();
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			this.body.writeBytes(payload.toByteArray());
			if (payload.isEnd()) {
				stream.requestTx(this.body.size());
			}
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			byte[] all = this.body.toByteArray();
			int size = Math.min(slot.capacity(), all.length - this.sent);
			slot.write(all, this.sent, size);
			this.sent += size;
			if (this.sent == all.length) {
				slot.end();
			}
		}

	}

}
