package io.securestreams.transport.serving;

import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import io.securestreams.SecureStreams;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

/**
 * A program of its own, so that its heap can be bounded: answers {@code GET /n} with n
 * bytes, and uploads with their SHA-256.
 */
public final class BulkSite {

	private BulkSite() {
	}

	public static void main(String[] arguments) throws Exception {
		SecureStreams streams = SecureStreams.builder()
			.policy(ServingFixture.policy(ServingFixture.server("bulk", 0).endpoint("127.0.0.1", 0).build()))
			.build();
		int port = ((InetSocketAddress) streams.listen("bulk", Bulk::new).address()).getPort();
		System.out.println("PORT " + port);
		// Ends with whoever started it
		System.in.read();
		streams.close();
	}

	private static final class Bulk implements StreamHandler {

		private static final byte[] BLOCK = new byte[16 * 1024];

		private final MessageDigest digest = sha256();

		private long left;

		private boolean upload;

		private static MessageDigest sha256() {
			try {
				return MessageDigest.getInstance("SHA-256");
			}
			catch (NoSuchAlgorithmException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state != StreamState.SERVER_TXN) {
				return;
			}
			this.upload = !"GET".equals(stream.metadata().get("method"));
			stream.acknowledge();
			if (!this.upload) {
				this.left = Long.parseLong(String.valueOf(stream.metadata().get("path")).substring(1));
				stream.requestTx(this.left);
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			this.digest.update(payload.content().nioBuffer());
			if (payload.isEnd()) {
				stream.requestTx();
			}
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			if (this.upload) {
				slot.write(HexFormat.of().formatHex(this.digest.digest())).end();
				return;
			}
			int size = (int) Math.min(this.left, Math.min(slot.capacity(), BLOCK.length));
			slot.write(BLOCK, 0, size);
			this.left -= size;
			if (this.left == 0) {
				slot.end();
			}
		}

	}

}
