package io.securestreams.testing;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.local.Transports;
import io.securestreams.engine.spi.AcceptedLink;
import io.securestreams.engine.spi.Acceptor;
import io.securestreams.engine.spi.BoundListener;
import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.ListenerFactory;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamTransportFactory;
import io.securestreams.engine.spi.TransportKind;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;

/**
 * Makes {@link FakeTransport}s and listeners that accept when the test says so.
 */
public final class FakeTransportFactory implements StreamTransportFactory, ListenerFactory {

	/** Client transports in the order they were made. */
	public final List<FakeTransport> transports = new ArrayList<>();

	/** Prepares each client transport. */
	public Consumer<FakeTransport> prepare = (transport) -> {
	};

	/** Why listeners cannot be bound. */
	public @Nullable Exception bindFailure;

	/** Whether only the next listener cannot be bound. */
	public boolean bindFailureOnce;

	public boolean listenerClosed;

	/** The streamtypes that have been listened for, in order. */
	public final List<StreamPolicy> listened = new ArrayList<>();

	private final Set<Protocol> protocols;

	private @Nullable Acceptor acceptor;

	/** What accepted transports carry. */
	public TransportKind acceptedKind = TransportKind.MESSAGES;

	public FakeTransportFactory() {
		this(EnumSet.allOf(Protocol.class));
	}

	public FakeTransportFactory(Set<Protocol> protocols) {
		this.protocols = protocols;
	}

	/** Clients and listeners of an engine. */
	public Transports both() {
		return new Transports(List.of(this), List.of(this));
	}

	@Override
	public Set<Protocol> clientProtocols() {
		return this.protocols;
	}

	@Override
	public Set<Protocol> serverProtocols() {
		return this.protocols;
	}

	@Override
	public ClientTransport client(ClientLink link) {
		FakeTransport transport = new FakeTransport(kind(link.policy()), link);
		this.prepare.accept(transport);
		this.transports.add(transport);
		return transport;
	}

	@Override
	public CompletionStage<BoundListener> listen(StreamPolicy policy, Acceptor acceptor) {
		if (this.bindFailure != null) {
			Exception failure = this.bindFailure;
			this.bindFailure = this.bindFailureOnce ? null : failure;
			return CompletableFuture.failedFuture(failure);
		}
		this.listened.add(policy);
		this.acceptor = acceptor;
		this.acceptedKind = kind(policy);
		return CompletableFuture.completedFuture(new BoundListener() {
			@Override
			public SocketAddress address() {
				return InetSocketAddress.createUnresolved("192.0.2.2", 7681);
			}

			@Override
			public CompletionStage<Void> close() {
				FakeTransportFactory.this.listenerClosed = true;
				return CompletableFuture.completedFuture(null);
			}
		});
	}

	private static TransportKind kind(StreamPolicy policy) {
		return switch (policy.protocol().protocol()) {
			case H1, H2, H3 -> TransportKind.TRANSACTIONS;
			case WS, MQTT -> TransportKind.MESSAGES;
			case RAW -> TransportKind.BYTES;
		};
	}

	/** The transport made last. */
	public FakeTransport last() {
		return this.transports.get(this.transports.size() - 1);
	}

	/**
	 * Accepts a connection; called on the executor.
	 * @return its transport, or {@code null} if it was refused
	 */
	public @Nullable FakeTransport accept(StreamExecutor executor) {
		Acceptor current = this.acceptor;
		if (current == null) {
			throw new AssertionError("nobody listens");
		}
		FakeTransport transport = new FakeTransport(this.acceptedKind);
		AcceptedLink link = current.accept(executor, transport, "192.0.2.3");
		return (link != null) ? transport.attach(link) : null;
	}

}
