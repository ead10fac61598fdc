package io.securestreams.spring.boot.health;

import java.util.Optional;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

import io.securestreams.proxy.server.ProxyServer;
import io.securestreams.spring.proxy.SecureStreamsProxy;

/**
 * Health of the proxy: up while it listens, with its addresses and the number of links.
 * What becomes of clients' streams is no matter of health.
 */
public class SecureStreamsProxyHealthIndicator extends AbstractHealthIndicator {

	private final SecureStreamsProxy proxy;

	/**
	 * Makes an indicator.
	 * @param proxy the proxy
	 */
	public SecureStreamsProxyHealthIndicator(SecureStreamsProxy proxy) {
		super("Health check of the proxy for secure streams failed");
		this.proxy = proxy;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		Optional<ProxyServer> server = this.proxy.server();
		if (server.isEmpty()) {
			builder.outOfService();
			return;
		}
		builder.up()
			.withDetail("addresses", server.get().addresses().stream().map(Object::toString).toList())
			.withDetail("links", server.get().linkCount());
	}

}
