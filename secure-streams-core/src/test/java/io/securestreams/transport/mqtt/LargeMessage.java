package io.securestreams.transport.mqtt;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.SystemBlobs.Blob;

/**
 * A program that publishes one large message and receives it, and prints length and
 * SHA-256 of either.
 */
final class LargeMessage {

	static final int SIZE = 50 * 1024 * 1024;

	private static final String POLICY = """
			{ "s": [
			  { "in": { "endpoint": "127.0.0.1", "port": %1$d, "protocol": "mqtt", "mqtt_qos": %2$d, "mqtt_version": %3$d,
			    "mqtt_subscribe": "large" } },
			  { "out": { "endpoint": "127.0.0.1", "port": %1$d, "protocol": "mqtt", "mqtt_qos": %2$d, "mqtt_version": %3$d,
			    "mqtt_topic": "large" } } ] }
			""";

	private LargeMessage() {
	}

	/**
	 * Does both.
	 * @param args port, QoS, version of MQTT
	 */
	public static void main(String[] args) throws Exception {
		String policy = POLICY.formatted(Integer.parseInt(args[0]), Integer.parseInt(args[1]),
				Integer.parseInt(args[2]));
		try (SecureStreams streams = SecureStreams.builder()
			.socks5(null)
			.blobs(new SystemBlobs().set(Blob.MQTT_USERNAME, "user").set(Blob.MQTT_PASSWORD, "secret"))
			.policy(PolicyJson.read(policy, "large").policy())
			.build()) {
			Sink sink = new Sink();
			streams.create("in", sink).connect();
			sink.connected.get(30, TimeUnit.SECONDS);
			Source source = new Source();
			streams.create("out", source).requestTx(SIZE);
			System.out.println("sent " + source.done.get(60, TimeUnit.SECONDS));
			System.out.println("received " + sink.done.get(60, TimeUnit.SECONDS));
		}
	}

	private abstract static class End implements StreamHandler {

		final CompletableFuture<String> done = new CompletableFuture<>();

		final MessageDigest digest;

		long length;

		End() throws NoSuchAlgorithmException {
			this.digest = MessageDigest.getInstance("SHA-256");
		}

		String result() {
			return this.length + " " + HexFormat.of().formatHex(this.digest.digest());
		}

	}

	private static final class Source extends End {

		private final Random random = new Random(7);

		private long ended = -1;

		Source() throws NoSuchAlgorithmException {
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			byte[] piece = new byte[(int) Math.min(slot.capacity(), SIZE - this.length)];
			this.random.nextBytes(piece);
			this.digest.update(piece);
			this.length += piece.length;
			slot.write(piece);
			if (this.length == SIZE) {
				slot.end();
				this.ended = slot.ordinal();
			}
			else {
				stream.requestTx();
			}
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			switch (state) {
				case QOS_ACK_REMOTE -> this.done.complete((ordinal == this.ended) ? result() : "ordinal " + ordinal);
				case DISCONNECTED, ALL_RETRIES_FAILED, QOS_NACK_REMOTE ->
					this.done.complete(state + ": " + stream.lastFailure());
				default -> {
				}
			}
		}

	}

	private static final class Sink extends End {

		final CompletableFuture<Boolean> connected = new CompletableFuture<>();

		private int starts;

		Sink() throws NoSuchAlgorithmException {
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			switch (state) {
				case CONNECTED -> this.connected.complete(true);
				case DISCONNECTED, ALL_RETRIES_FAILED -> this.done.complete(state + ": " + stream.lastFailure());
				default -> {
				}
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			if (payload.isStart()) {
				this.starts++;
			}
			this.digest.update(payload.content().nioBuffer());
			this.length += payload.length();
			if (payload.isEnd()) {
				this.done.complete((this.starts == 1) ? result() : this.starts + " starts");
			}
		}

	}

}
