package io.securestreams.transport.local;

import java.util.ArrayDeque;
import java.util.Deque;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.transport.contract.StreamContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class SinkContractTests extends StreamContract {

	private final SecureStreams streams = SecureStreams.builder().eventLoopThreads(2).policy(PolicyJson.read("""
			{ "release": "1", "product": "test", "schema-version": 1, "s": [ { "subject": { "local_sink": true } } ] }
			""", "test").policy()).build();

	@BeforeEach
	void register() {
		this.streams.registerSink(TYPE, Echo::new);
	}

	@AfterEach
	void stop() {
		this.streams.close();
	}

	@Override
	protected StreamFactory streams() {
		return this.streams;
	}

	/** Sends back what comes, piece by piece. */
	private static final class Echo implements StreamHandler {

		private final Deque<byte[]> pieces = new ArrayDeque<>();

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			this.pieces.add(payload.toByteArray());
			stream.requestTx();
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			slot.write(this.pieces.remove()).end();
			if (!this.pieces.isEmpty()) {
				stream.requestTx();
			}
		}

	}

}
