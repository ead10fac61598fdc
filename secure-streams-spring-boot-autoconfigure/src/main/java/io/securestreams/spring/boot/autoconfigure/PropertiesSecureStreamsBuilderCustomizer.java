package io.securestreams.spring.boot.autoconfigure;

import java.util.List;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.stream.observe.StreamObserver;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.stream.platform.WakeLock;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;

/**
 * Applies properties and beans.
 */
final class PropertiesSecureStreamsBuilderCustomizer implements SecureStreamsBuilderCustomizer, Ordered {

	private final SecureStreamsProperties properties;

	private final Policy policy;

	private final SystemBlobs blobs;

	private final TlsIdentities tlsIdentities;

	private final List<StreamObserver> observers;

	private final @Nullable WakeLock wakeLock;

	PropertiesSecureStreamsBuilderCustomizer(SecureStreamsProperties properties, Policy policy, SystemBlobs blobs,
			TlsIdentities tlsIdentities, List<StreamObserver> observers, @Nullable WakeLock wakeLock) {
		this.properties = properties;
		this.policy = policy;
		this.blobs = blobs;
		this.tlsIdentities = tlsIdentities;
		this.observers = observers;
		this.wakeLock = wakeLock;
	}

	@Override
	public int getOrder() {
		return 0;
	}

	@Override
	public void customize(SecureStreams.Builder builder) {
		builder.policy(this.policy);
		builder.blobs(this.blobs);
		builder.awsKeys(this.properties.aws().sources());
		builder.faults(this.properties.faults().allowed());
		builder.tlsIdentities(this.tlsIdentities);
		builder.eventLoopThreads(this.properties.engine().eventLoopThreads());
		builder.transport(this.properties.engine().transport());
		builder.eventLoopBlockedAfter(this.properties.engine().eventLoopBlockedAfter());
		builder.legacyCertificates(this.properties.tls().legacyCertificates());
		builder.httpClient(this.properties.http().client().limits());
		builder.httpServer(this.properties.http().server().limits());
		builder.webSocket(this.properties.webSocket().limits());
		builder.mqtt(this.properties.mqtt().limits());
		builder.listener(this.properties.listener().limits());
		this.properties.vhosts().forEach((name, vhost) -> builder.virtualHost(vhost.host(name)));
		builder.network(NetworkSettings.of(this.properties.network()));
		String socks5 = this.properties.network().socks5();
		if (socks5 != null) {
			builder.socks5(NetworkSettings.socks5(socks5));
		}
		this.observers.forEach(builder::observer);
		if (this.wakeLock != null) {
			builder.wakeLock(this.wakeLock);
		}
	}

}
