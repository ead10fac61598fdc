package io.securestreams.benchmarks;

import java.util.concurrent.Semaphore;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3Client;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;

/**
 * HiveMQ's client, asynchronously.
 */
final class HiveMqttPublisher implements MqttPublisher {

	private final Mqtt3AsyncClient client;

	private final Mqtt3Publish message;

	private final Semaphore room;

	private final int outstanding;

	HiveMqttPublisher(int port, int qos, int outstanding) {
		this.outstanding = outstanding;
		this.room = new Semaphore(outstanding);
		this.client = Mqtt3Client.builder().identifier("hivemq").serverHost("127.0.0.1").serverPort(port).buildAsync();
		this.client.connect().join();
		this.message = Mqtt3Publish.builder()
			.topic(TOPIC)
			.qos(MqttQos.fromCode(qos))
			.payload(new byte[SIZE])
			.build();
	}

	@Override
	public void publish(int count) throws InterruptedException {
		for (int i = 0; i < count; i++) {
			this.room.acquire();
			this.client.publish(this.message).whenComplete((result, failure) -> this.room.release());
		}
		this.room.acquire(this.outstanding);
		this.room.release(this.outstanding);
	}

	@Override
	public void close() {
		this.client.disconnect().join();
	}

}
