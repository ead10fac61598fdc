package io.securestreams.proxy.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.proxy.wire.MetadataItem;
import io.securestreams.proxy.wire.OnwardConnect;
import io.securestreams.proxy.wire.PayloadFlag;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client learns of each of its messages what became of it, although the proxy's own
 * connection to the broker ends in between: with the number of its last frame.
 */
@Timeout(60)
class PublicationAnswerTests {

	@TempDir
	Path directory;

	private ServerSocket broker;

	private SecureStreams engine;

	private ProxyServer server;

	@BeforeEach
	void start() throws Exception {
		this.broker = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
		this.engine = SecureStreams.builder()
			.policy(PolicyJson.read("""
					{ "retry": [ { "quick": { "backoff": [ 20 ], "conceal": 9, "jitterpc": 1 } } ], "s": [
					  { "afresh": { "endpoint": "127.0.0.1", "port": $port, "protocol": "mqtt", "mqtt_topic": "t",
					     "mqtt_qos": 1, "mqtt_clean_start": true, "nailed_up": true, "retry": "quick" } },
					  { "kept": { "endpoint": "127.0.0.1", "port": $port, "protocol": "mqtt", "mqtt_topic": "t",
					     "mqtt_qos": 1, "mqtt_clean_start": false, "retry": "quick",
					     "metadata": [ { "mqtt_client_id": "" } ] } } ] }
					""".replace("$port", String.valueOf(this.broker.getLocalPort())), "test").policy())
			.eventLoopThreads(1)
			.build();
		this.server = this.engine.serveProxy(ProxyServerSettings.builder()
			.addresses(List.of(ProxyAddress.parse("unix:" + this.directory.resolve("p"))))
			.build());
	}

	@AfterEach
	void stop() throws IOException {
		this.engine.close();
		this.broker.close();
	}

	@Test
	void whatTheLostConnectionTookWithItIsRejectedOnTheNext() throws Exception {
		try (LinkClient client = LinkClient.to(this.server).ask("afresh")) {
			try (BrokerPeer first = new BrokerPeer(this.broker.accept(), false)) {
				client.until("CONNECTED");
				first.acknowledge(first.publication(client, "one"));
				assertThat(client.next()).isEqualTo("QOS_ACK_REMOTE");
				first.publication(client, "two");
				first.publication(client, "three");
			}
			try (BrokerPeer second = new BrokerPeer(this.broker.accept(), false)) {
				assertThat(client.until("CONNECTED")).startsWith("DISCONNECTED");
				assertThat(client.next(2)).containsExactly("QOS_NACK_REMOTE 1", "QOS_NACK_REMOTE 2");
				second.acknowledge(second.publication(client, "four"));
				assertThat(client.next()).isEqualTo("QOS_ACK_REMOTE 3");
			}
		}
	}

	@Test
	void whatASessionHasKeptIsAcknowledgedOnTheNext() throws Exception {
		try (LinkClient client = LinkClient.to(this.server)) {
			client.ask("kept")
				.send(new MetadataItem("mqtt_client_id", "me".getBytes(StandardCharsets.UTF_8)),
						OnwardConnect.INSTANCE);
			try (BrokerPeer first = new BrokerPeer(this.broker.accept(), false)) {
				client.until("CONNECTED");
				first.acknowledge(first.publication(client, "one"));
				assertThat(client.next()).isEqualTo("QOS_ACK_REMOTE");
				first.publication(client, "two");
				// A message that takes two frames
				client.send(LinkClient.payload(PayloadFlag.SOM, "th".getBytes(StandardCharsets.UTF_8)));
				client.send(LinkClient.payload(PayloadFlag.EOM, "ree".getBytes(StandardCharsets.UTF_8)));
				first.read();
			}
			try (BrokerPeer second = new BrokerPeer(this.broker.accept(), true)) {
				second.acknowledge(second.read());
				assertThat(client.until("CONNECTED")).startsWith("DISCONNECTED");
				second.acknowledge(second.read());
				assertThat(client.next(2)).containsExactly("QOS_ACK_REMOTE 1", "QOS_ACK_REMOTE 3");
			}
		}
	}

	@Test
	void theRestOfAMessageThatComesTooLateIsRejected() throws Exception {
		try (LinkClient client = LinkClient.to(this.server).ask("afresh")) {
			BrokerPeer first = new BrokerPeer(this.broker.accept(), false);
			try (first) {
				client.until("CONNECTED");
				client.send(LinkClient.payload(PayloadFlag.SOM, "be".getBytes(StandardCharsets.UTF_8)));
				// What follows has been read after it
				try (LinkClient other = LinkClient.to(this.server)) {
					other.ask("afresh").until("CONNECTED");
				}
			}
			assertThat(client.until("DISCONNECTED")).endsWith("DISCONNECTED");
			client.send(LinkClient.payload(PayloadFlag.EOM, "gun".getBytes(StandardCharsets.UTF_8)),
					OnwardConnect.INSTANCE, LinkClient.message("two"));
			try (BrokerPeer second = new BrokerPeer(this.broker.accept(), false)) {
				client.until("CONNECTED");
				assertThat(client.next()).isEqualTo("QOS_NACK_REMOTE 1");
				second.acknowledge(second.read());
				assertThat(client.next()).isEqualTo("QOS_ACK_REMOTE 2");
			}
		}
	}

}
