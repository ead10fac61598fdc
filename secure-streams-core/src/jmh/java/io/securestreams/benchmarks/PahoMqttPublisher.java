package io.securestreams.benchmarks;

import java.util.concurrent.Semaphore;

import org.eclipse.paho.client.mqttv3.IMqttActionListener;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/**
 * Eclipse Paho, asynchronously.
 */
final class PahoMqttPublisher implements MqttPublisher, IMqttActionListener {

	private final MqttAsyncClient client;

	private final byte[] payload = new byte[SIZE];

	private final Semaphore room;

	private final int qos;

	private final int outstanding;

	PahoMqttPublisher(int port, int qos, int outstanding) throws MqttException {
		this.qos = qos;
		this.outstanding = outstanding;
		this.room = new Semaphore(outstanding);
		this.client = new MqttAsyncClient("tcp://127.0.0.1:" + port, "paho", new MemoryPersistence());
		MqttConnectOptions options = new MqttConnectOptions();
		// It counts what has been told but not yet taken off its list
		options.setMaxInflight(outstanding * 2 + 10);
		this.client.connect(options).waitForCompletion();
	}

	@Override
	public void publish(int count) throws InterruptedException, MqttException {
		for (int i = 0; i < count; i++) {
			this.room.acquire();
			this.client.publish(TOPIC, this.payload, this.qos, false, null, this);
		}
		this.room.acquire(this.outstanding);
		this.room.release(this.outstanding);
	}

	@Override
	public void onSuccess(IMqttToken token) {
		this.room.release();
	}

	@Override
	public void onFailure(IMqttToken token, Throwable failure) {
		throw new IllegalStateException(failure);
	}

	@Override
	public void close() {
		try {
			this.client.disconnect().waitForCompletion();
			this.client.close();
		}
		catch (MqttException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
