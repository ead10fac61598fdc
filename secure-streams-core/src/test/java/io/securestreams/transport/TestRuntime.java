package io.securestreams.transport;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.netty.handler.ssl.SslProvider;
import io.securestreams.limits.ListenerLimits;
import io.securestreams.limits.NetworkLimits;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.stream.platform.VirtualHost;
import io.securestreams.transport.loop.EventLoops;
import io.securestreams.transport.tls.TlsContexts;

/**
 * A runtime with event loops of its own.
 *
 * @param loops the loops
 * @param runtime the runtime
 */
public record TestRuntime(EventLoops loops, TransportRuntime runtime) implements AutoCloseable {

	public static TestRuntime create(String transport) {
		return create(transport, NetworkLimits.DEFAULTS, TlsIdentities.NONE);
	}

	public static TestRuntime create(String transport, NetworkLimits settings) {
		return create(transport, settings, TlsIdentities.NONE);
	}

	public static TestRuntime create(String transport, NetworkLimits settings, TlsIdentities identities) {
		return create(transport, settings, identities, List.of());
	}

	public static TestRuntime create(String transport, NetworkLimits settings, TlsIdentities identities,
			List<VirtualHost> hosts) {
		EventLoops loops = EventLoops.create(transport, 2);
		// The plain JDK in all respects, or everything native there is
		SslProvider provider = (transport.equals("nio") || !TlsContexts.isNative()) ? SslProvider.JDK
				: SslProvider.OPENSSL;
		return new TestRuntime(loops, new TransportRuntime(loops, new TlsContexts(identities, provider),
				new SystemBlobs(), settings, ListenerLimits.DEFAULTS, hosts));
	}

	@Override
	public void close() {
		this.runtime.close();
		try {
			this.loops.shutdown().toCompletableFuture().get(20, TimeUnit.SECONDS);
		}
		catch (InterruptedException | java.util.concurrent.ExecutionException | TimeoutException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
