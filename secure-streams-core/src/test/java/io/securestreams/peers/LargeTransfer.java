package io.securestreams.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

/**
 * A program that downloads a file and uploads it again, and prints length and SHA-256 of
 * what arrived at either end.
 */
final class LargeTransfer {

	private static final String POLICY = """
			{ %s "s": [
			  { "down": { "endpoint": "localhost", "port": %d, "protocol": "%s", %s "opportunistic": true,
			    "http_method": "GET", "http_url": "files/large" } },
			  { "up": { "endpoint": "localhost", "port": %2$d, "protocol": "%3$s", %4$s "opportunistic": true,
			    "http_method": "PUT", "http_url": "sha" } } ] }
			""";

	private LargeTransfer() {
	}

	/**
	 * Runs both.
	 * @param args protocol, port, certificate authority or empty text, file to upload
	 */
	public static void main(String[] args) throws Exception {
		boolean tls = !args[2].isEmpty();
		String policy = POLICY.formatted(tls
				? "\"certs\": [ { \"ca\": \"%s\" } ], \"trust_stores\": [ { \"name\": \"t\", \"stack\": [\"ca\"] } ],"
					.formatted(args[2])
				: "", Integer.parseInt(args[1]), args[0], tls ? "\"tls\": true, \"tls_trust_store\": \"t\"," : "");
		try (SecureStreams streams = SecureStreams.builder()
			.policy(PolicyJson.read(policy, "transfer").policy())
			.build(); FileChannel file = FileChannel.open(Path.of(args[3]))) {
			Download download = new Download();
			SecureStream down = streams.create("down", download);
			down.connect();
			System.out.println("down " + download.done.get(60, TimeUnit.SECONDS));
			Upload upload = new Upload(file);
			SecureStream up = streams.create("up", upload);
			up.requestTx(file.size());
			System.out.println("up " + upload.done.get(60, TimeUnit.SECONDS));
		}
	}

	private abstract static class Transfer implements StreamHandler {

		final CompletableFuture<String> done = new CompletableFuture<>();

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			switch (state) {
				case QOS_ACK_REMOTE -> this.done.complete(result());
				case DISCONNECTED, ALL_RETRIES_FAILED -> this.done.complete("failed: " + stream.lastFailure());
				default -> {
				}
			}
		}

		abstract String result();

	}

	private static final class Download extends Transfer {

		private final MessageDigest digest;

		private long length;

		Download() throws Exception {
			this.digest = MessageDigest.getInstance("SHA-256");
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			this.length += payload.length();
			this.digest.update(payload.content().nioBuffer());
		}

		@Override
		String result() {
			return this.length + " " + HexFormat.of().formatHex(this.digest.digest());
		}

	}

	private static final class Upload extends Transfer {

		private final FileChannel file;

		private final StringBuilder answer = new StringBuilder();

		Upload(FileChannel file) {
			this.file = file;
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			try {
				ByteBuffer piece = ByteBuffer.allocate(Math.min(slot.capacity(), 64 * 1024));
				this.file.read(piece);
				slot.write(piece.flip());
				if (this.file.position() == this.file.size()) {
					slot.end();
				}
				else {
					stream.requestTx();
				}
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			this.answer.append(payload.content().toString(StandardCharsets.UTF_8));
		}

		@Override
		String result() {
			return this.answer.toString();
		}

	}

}
