package io.securestreams.benchmarks;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

import io.securestreams.SecureStreams;
import io.securestreams.limits.MqttLimits;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

/**
 * A stream, by its slots.
 */
final class StreamMqttPublisher implements MqttPublisher, StreamHandler {

	private final byte[] payload = new byte[SIZE];

	private final CountDownLatch connected = new CountDownLatch(1);

	private final Semaphore done = new Semaphore(0);

	private final int outstanding;

	private final SecureStreams streams;

	private final SecureStream stream;

	private volatile int wanted;

	private int sent;

	private int acknowledged;

	StreamMqttPublisher(int port, int qos, int outstanding) throws InterruptedException {
		this.outstanding = outstanding;
		this.streams = SecureStreams.builder()
			.eventLoopThreads(1)
			.socks5(null)
			.mqtt(MqttLimits.builder().maxInFlight(Math.max(outstanding, 100)).build())
			.policy(PolicyJson.read("""
					{ "s": [ { "x": { "endpoint": "127.0.0.1", "port": %d, "protocol": "mqtt", "nailed_up": true,
					  "mqtt_clean_start": true, "mqtt_topic": "%s", "mqtt_qos": %d } } ] }
					""".formatted(port, TOPIC, qos), "benchmark").policy())
			.build();
		this.stream = this.streams.create("x", this);
		this.connected.await();
	}

	@Override
	public void publish(int count) throws InterruptedException {
		this.wanted += count;
		this.stream.requestTx();
		this.done.acquire();
	}

	@Override
	public void onState(SecureStream self, StreamState state, long ordinal) {
		if (state == StreamState.CONNECTED) {
			this.connected.countDown();
		}
		else if (state == StreamState.QOS_ACK_REMOTE) {
			if (++this.acknowledged == this.wanted) {
				this.done.release();
			}
			else if (this.sent < this.wanted) {
				self.requestTx();
			}
		}
	}

	@Override
	public void onWritable(SecureStream self, TxSlot slot) {
		if (this.sent < this.wanted && this.sent - this.acknowledged < this.outstanding) {
			slot.write(this.payload).end();
			if (++this.sent < this.wanted && this.sent - this.acknowledged < this.outstanding) {
				self.requestTx();
			}
		}
	}

	@Override
	public void close() {
		this.streams.close();
	}

}
