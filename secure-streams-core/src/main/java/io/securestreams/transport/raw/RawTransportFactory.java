package io.securestreams.transport.raw;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.Acceptor;
import io.securestreams.engine.spi.BoundListener;
import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.ListenerFactory;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.StreamTransportFactory;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.transport.TransportRuntime;
import io.securestreams.transport.loop.EventLoopExecutor;
import io.securestreams.transport.loop.PeerName;
import io.securestreams.transport.tls.TlsContexts;

/**
 * Makes raw streams, client and server. May be used from any thread.
 */
public final class RawTransportFactory implements StreamTransportFactory, ListenerFactory {

	private static final Set<Protocol> PROTOCOLS = Set.of(Protocol.RAW);

	private final TransportRuntime runtime;

	/**
	 * Makes a factory.
	 * @param runtime what the engine's transports share
	 */
	public RawTransportFactory(TransportRuntime runtime) {
		this.runtime = runtime;
	}

	@Override
	public Set<Protocol> clientProtocols() {
		return PROTOCOLS;
	}

	@Override
	public Set<Protocol> serverProtocols() {
		return PROTOCOLS;
	}

	@Override
	public ClientTransport client(ClientLink link) {
		return new RawClientTransport(this.runtime.connector(), link);
	}

	@Override
	public CompletionStage<BoundListener> listen(StreamPolicy policy, Acceptor acceptor) {
		return this.runtime.listener().bind(policy, List.of(), (channel) -> accept(channel, acceptor));
	}

	private static void accept(Channel channel, Acceptor acceptor) {
		RawServerTransport transport = new RawServerTransport(channel);
		@Nullable StreamLink link = acceptor.accept(EventLoopExecutor.of(channel.eventLoop()), transport, PeerName.of(channel));
		if (link == null) {
			transport.close();
		}
		else {
			// A vhost may have TLS although the streamtype does not ask for it
			transport.attach(link, channel.pipeline().get(TlsContexts.HANDLER) != null);
		}
	}

}
