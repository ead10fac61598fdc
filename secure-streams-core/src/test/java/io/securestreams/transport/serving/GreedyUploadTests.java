package io.securestreams.transport.serving;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that send as much as they are allowed to.
 */
@Timeout(60)
class GreedyUploadTests {

	private static final String SITE = """
			{ "s": [ { "upload": { "server": true, "protocol": "h2", "endpoint": "127.0.0.1", "port": 0 } },
			         { "raw": { "server": true, "protocol": "raw", "endpoint": "127.0.0.1", "port": 0 } },
			         { "ws": { "server": true, "protocol": "ws", "endpoint": "127.0.0.1", "port": 0,
			                   "http_url": "up" } } ] }
			""";

	private final SecureStreams site = engine(SITE);

	private SecureStreams client = this.site;

	@AfterEach
	void close() {
		this.client.close();
		this.site.close();
	}

	@ParameterizedTest
	@CsvSource({ "h1,3", "h1,16000", "h2,3", "h2,16000" })
	void anEarlyAnswerIsSeenWhileThereIsMoreToSend(String protocol, int slotSize) throws Exception {
		int port = port("upload", new StreamHandler() {
			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				if (state == StreamState.SERVER_TXN) {
					stream.answer(413);
				}
			}
		});
		Upload upload = new Upload(slotSize, Long.MAX_VALUE);
		connect(protocol, port, upload);
		assertThat(upload.end.get(40, TimeUnit.SECONDS)).isEqualTo(StreamState.QOS_NACK_REMOTE);
	}

	/** Not to close while the client still sends is a matter of chance in one attempt. */
	@RepeatedTest(20)
	void anEarlyAnswerIsNotBrokenOffByItsOwnConnection() throws Exception {
		anEarlyAnswerIsSeenWhileThereIsMoreToSend("h1", 16000);
	}

	@ParameterizedTest
	@ValueSource(strings = { "h1", "h2", "raw", "ws" })
	void aLongUploadNeedsNoDeepStack(String protocol) throws Exception {
		Upload upload = new Upload(16_000, 64 * 1024 * 1024);
		connect(protocol, port(protocol.startsWith("h") ? "upload" : protocol, new StreamHandler() {
			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				if (state == StreamState.SERVER_UPGRADE) {
					stream.acknowledge();
				}
			}
		}), upload);
		upload.sent.get(40, TimeUnit.SECONDS);
		assertThat(upload.deepest - upload.flattest).as("frames of the stack").isLessThan(60);
	}

	private int port(String streamType, StreamHandler handler) {
		return ((InetSocketAddress) this.site.listen(streamType, () -> handler).address()).getPort();
	}

	private void connect(String protocol, int port, Upload upload) {
		String http = switch (protocol) {
			case "h1" -> ", \"http_method\": \"POST\", \"http_url\": \"up\"";
			case "h2" -> ", \"http_method\": \"POST\", \"http_url\": \"up\", \"h2_prior_knowledge\": true";
			case "ws" -> ", \"http_url\": \"up\"";
			default -> "";
		};
		this.client = engine("""
				{ "s": [ { "up": { "endpoint": "127.0.0.1", "port": %d, "protocol": "%s" %s } } ] }
				""".formatted(port, protocol, http));
		this.client.create("up", upload).requestTx();
	}

	private static SecureStreams engine(String policy) {
		return SecureStreams.builder().policy(PolicyJson.read(policy, "test").policy()).eventLoopThreads(1).build();
	}

	private static final class Upload implements StreamHandler {

		final CompletableFuture<StreamState> end = new CompletableFuture<>();

		final CompletableFuture<Void> sent = new CompletableFuture<>();

		volatile int deepest;

		volatile int flattest = Integer.MAX_VALUE;

		private final byte[] piece;

		private long left;

		Upload(int slotSize, long left) {
			this.piece = new byte[slotSize];
			this.left = left;
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.QOS_NACK_REMOTE || state == StreamState.QOS_ACK_REMOTE
					|| state == StreamState.ALL_RETRIES_FAILED) {
				this.end.complete(state);
			}
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			int depth = StackWalker.getInstance().walk((frames) -> (int) frames.count());
			this.deepest = Math.max(this.deepest, depth);
			this.flattest = Math.min(this.flattest, depth);
			slot.write(this.piece, 0, Math.min(slot.capacity(), this.piece.length));
			this.left -= this.piece.length;
			if (this.left > 0) {
				stream.requestTx();
			}
			else {
				slot.end();
				this.sent.complete(null);
			}
		}

	}

}
