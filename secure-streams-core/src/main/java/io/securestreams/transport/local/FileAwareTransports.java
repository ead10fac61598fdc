package io.securestreams.transport.local;

import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Executor;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.StreamTransportFactory;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.Template;

/**
 * Adds {@code file://path} endpoints to any protocol (README section "endpoint"): instead
 * of going to the network the stream delivers the file as one message, CONNECTED when it
 * is open, DISCONNECTED when it has ended, UNREACHABLE when it cannot be opened. The path
 * is taken as it is, without percent encoding; only regular files are read. May be used
 * from any thread.
 * <p>
 * It is the policy that decides: {@code file://} counts where it is the endpoint's own
 * text, and never as the value of metadata.
 */
public final class FileAwareTransports implements StreamTransportFactory {

	private static final String SCHEME = "file://";

	private final StreamTransportFactory network;

	private final Executor threads;

	/**
	 * Makes a factory.
	 * @param network makes the transports of other endpoints
	 * @param threads where files are read; stays the caller's to close
	 */
	public FileAwareTransports(StreamTransportFactory network, FileThreads threads) {
		this.network = network;
		this.threads = threads;
	}

	@Override
	public Set<Protocol> clientProtocols() {
		return this.network.clientProtocols();
	}

	@Override
	public OptionalInt affinity(StreamPolicy policy) {
		return this.network.affinity(policy);
	}

	@Override
	public ClientTransport client(ClientLink link) {
		return isFile(link.policy().endpoint().address()) ? new FileTransport(link, this.threads)
				: this.network.client(link);
	}

	private static boolean isFile(Template endpoint) {
		return endpoint.literalLength() >= SCHEME.length() && endpoint.text().startsWith(SCHEME);
	}

}
