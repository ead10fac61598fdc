package io.securestreams.engine.seams;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.StreamTransportFactory;
import io.securestreams.policy.Protocol;

/**
 * A network in memory whose one peer sends back what it gets, and acknowledges whole
 * messages some time later.
 */
final class EchoNetwork implements StreamTransportFactory {

	/** How many messages the handlers have had. */
	final AtomicInteger delivered = new AtomicInteger();

	/** What the peer has not acknowledged while {@link #withholds}. */
	final ConcurrentLinkedQueue<Runnable> withheld = new ConcurrentLinkedQueue<>();

	/** Whether acknowledgements wait until somebody runs them. */
	volatile boolean withholds;

	@Override
	public Set<Protocol> clientProtocols() {
		return EnumSet.of(Protocol.WS);
	}

	@Override
	public ClientTransport client(ClientLink link) {
		return new EchoTransport(this, link);
	}

}
