package io.securestreams.transport.mqtt;

import java.nio.file.Path;
import java.util.Map;

import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptor;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;

/**
 * A broker that is not ours, on a free port of 127.0.0.1, without persistence.
 */
public final class EmbeddedBroker implements AutoCloseable {

	private final EmbeddedActiveMQ broker = new EmbeddedActiveMQ();

	private final int port;

	public EmbeddedBroker(Path directory) throws Exception {
		Configuration configuration = new ConfigurationImpl().setPersistenceEnabled(false)
			.setSecurityEnabled(false)
			.setJMXManagementEnabled(false)
			.addAcceptorConfiguration("mqtt", "tcp://127.0.0.1:0?protocols=MQTT");
		configuration.setBrokerInstance(directory.toFile());
		this.broker.setConfiguration(configuration);
		this.broker.start();
		NettyAcceptor acceptor = (NettyAcceptor) this.broker.getActiveMQServer()
			.getRemotingService()
			.getAcceptor("mqtt");
		this.port = acceptor.getActualPort();
	}

	public int port() {
		return this.port;
	}

	/** Names of the queues that subscriptions have. */
	Map<String, ?> connections() {
		return Map.of("count", this.broker.getActiveMQServer().getConnectionCount());
	}

	@Override
	public void close() {
		try {
			this.broker.stop();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
