package io.securestreams.transport.connect;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.Address;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.loop.PeerName;
import io.securestreams.transport.tls.TlsContexts;

/**
 * One attempt: look-up, race of the addresses, SOCKS5, TLS, one after the other. On one
 * event loop.
 */
final class ConnectOperation implements ConnectAttempt, AddressRace.Result {

	/** Where a socket is being connected to, for messages. */
	static final AttributeKey<String> TARGET = AttributeKey.valueOf(ConnectOperation.class, "target");

	private static final Logger logger = LoggerFactory.getLogger(ConnectOperation.class);

	private final Connector connector;

	private final EventLoop loop;

	private final Origin origin;

	private final ConnectListener listener;

	private final ConnectClock clock = new ConnectClock();

	private boolean done;

	private @Nullable ScheduledFuture<?> timeout;

	/** Only with TLS. */
	private @Nullable CompletableFuture<SslContext> context;

	private @Nullable AddressRace race;

	private @Nullable Channel channel;

	ConnectOperation(Connector connector, EventLoop loop, Origin origin, ConnectListener listener) {
		this.connector = connector;
		this.loop = loop;
		this.origin = origin;
		this.listener = listener;
	}

	@Override
	public void cancel() {
		finish();
		if (this.race != null) {
			this.race.cancel();
		}
		if (this.channel != null) {
			this.channel.close();
			this.channel = null;
		}
	}

	void start() {
		if (this.done) {
			return;
		}
		this.timeout = this.loop.schedule(this::timedOut, this.connector.settings().connectTimeout().toMillis(),
				TimeUnit.MILLISECONDS);
		guarded(Phase.CONNECT, () -> {
			if (this.origin.tls()) {
				// While the connection is made
				this.context = this.connector.tls().prepareClient(this.origin.tlsPolicy(), this.origin.alpn());
			}
			Address address = this.origin.address();
			if (address instanceof Address.Unix unix) {
				startUnix(unix);
			}
			else if (address instanceof Address.Host host) {
				startHost(host);
			}
			else {
				fail(Phase.POLICY, address + " cannot be connected to (expected: a host or a unix socket)", null);
			}
		});
	}

	private void startUnix(Address.Unix unix) {
		try {
			run(List.of(this.connector.unixAddress(unix)));
		}
		catch (SecureStreamsException | java.nio.file.InvalidPathException ex) {
			fail(Phase.CONNECT, String.valueOf(ex.getMessage()), ex);
		}
	}

	private void startHost(Address.Host host) {
		if (host.port() < 1 || host.port() > 65535) {
			fail(Phase.POLICY, "port " + host.port() + " cannot be connected to (expected: 1..65535)", null);
			return;
		}
		Socks5Proxy proxy = proxy();
		if (host.host().isEmpty()) {
			// Resolvers would take it for localhost
			fail(Phase.RESOLVE, "the endpoint is empty (expected: a host name or address)", null);
			return;
		}
		int port = (proxy != null) ? proxy.port() : host.port();
		this.clock.start();
		this.connector.resolver()
			.resolve(this.loop, (proxy != null) ? proxy.host() : host.host(), (answer) -> resolved(answer, port));
	}

	private void resolved(HostResolver.Answer answer, int port) {
		if (this.done) {
			return;
		}
		this.clock.resolved(answer.disposition());
		if (answer.failed() != null) {
			failReaching(answer.failed(), answer.message(), answer.cause());
			return;
		}
		this.clock.found(answer.addresses());
		guarded(Phase.CONNECT,
				() -> run(AddressRace.interleave(answer.addresses())
					.stream()
					.map((address) -> new InetSocketAddress(address, port))
					.toList()));
	}

	private void run(List<? extends SocketAddress> addresses) {
		this.clock.start();
		this.race = new AddressRace(this.loop, addresses, this.connector.settings().attemptDelay().toMillis(),
				(address) -> this.connector.dial(this.loop, this.origin, address), this);
		this.race.start();
	}

	@Override
	public void won(Channel channel, SocketAddress address) {
		this.channel = channel;
		this.clock.connected(PeerName.of(address));
		stopTimer();
		guarded(Phase.CONNECT, () -> {
			if (proxy() != null) {
				Socks5Stage.add(channel.pipeline(), this);
			}
			else {
				ready(channel);
			}
		});
	}

	@Override
	public void lost(String message, @Nullable Throwable cause) {
		failReaching(Phase.CONNECT, message, cause);
	}

	/** Bytes can go to the peer itself. */
	void ready(Channel channel) {
		CompletableFuture<SslContext> prepared = this.context;
		if (prepared == null) {
			succeed(channel);
			return;
		}
		this.clock.start();
		if (prepared.isDone()) {
			secure(channel, prepared);
			return;
		}
		long most = this.connector.settings().tlsTimeout().toMillis();
		this.timeout = this.loop.schedule(
				() -> fail(Phase.TLS, "keys and trust could not be read within " + most + " ms", null), most,
				TimeUnit.MILLISECONDS);
		prepared.whenComplete((made, failure) -> this.loop.execute(() -> secure(channel, prepared)));
	}

	private void secure(Channel channel, CompletableFuture<SslContext> prepared) {
		if (this.done) {
			return;
		}
		stopTimer();
		guarded(Phase.TLS, () -> {
			SslHandler handler = TlsClientStage.handler(prepared.join(), this.origin.address(), channel.alloc());
			handler.setHandshakeTimeoutMillis(this.connector.settings().tlsTimeout().toMillis());
			TlsContexts.add(channel.pipeline(), handler);
			channel.pipeline().addLast(TlsClientStage.NAME, new TlsClientStage(this));
		});
	}

	/** Whatever goes wrong is the end of the attempt, nobody else would end it. */
	private void guarded(Phase phase, Runnable step) {
		try {
			step.run();
		}
		catch (RuntimeException | LinkageError | OutOfMemoryError ex) {
			Throwable cause = (ex instanceof CompletionException && ex.getCause() != null) ? ex.getCause() : ex;
			if (!(cause instanceof SecureStreamsException)) {
				logger.warn("connecting to {} failed unexpectedly", this.origin.address(), cause);
			}
			fail(phase, (cause.getMessage() != null) ? cause.getMessage() : cause.toString(), cause);
		}
	}

	/** The peer is verified. */
	void secured(Channel channel, SslHandler handler) {
		this.clock.secured(handler.applicationProtocol());
		succeed(channel);
	}

	/** Fails before the peer or the proxy was reached. */
	private void failReaching(Phase phase, String message, @Nullable Throwable cause) {
		Socks5Proxy proxy = proxy();
		if (proxy != null) {
			fail(Phase.PROXY, "SOCKS5 proxy " + proxy + " cannot be reached: " + message, cause);
		}
		else {
			fail(phase, message, cause);
		}
	}

	void fail(Phase phase, String message, @Nullable Throwable cause) {
		if (this.done) {
			return;
		}
		cancel();
		this.listener.failed(StreamFailure.unsent(phase, message, this.origin.address().toString(), cause),
				this.clock.report());
	}

	@Nullable Socks5Proxy proxy() {
		return (this.origin.address() instanceof Address.Host) ? this.origin.socks5() : null;
	}

	private void succeed(Channel connected) {
		if (this.done) {
			connected.close();
			return;
		}
		if (!connected.isActive()) {
			fail(Phase.CONNECT, "the peer closed the connection at once", null);
			return;
		}
		finish();
		this.channel = null;
		ChannelHandler last = connected.pipeline().last();
		try {
			this.listener.connected(connected, this.clock.report());
		}
		catch (RuntimeException | LinkageError | OutOfMemoryError ex) {
			logger.warn("connection to {} dropped, its owner failed", this.origin.address(), ex);
			boolean owned = connected.pipeline().last() != last;
			connected.close();
			if (!owned) {
				// Nobody else would notice
				this.listener.failed(StreamFailure.unsent(Phase.CONNECT, "the connection could not be set up: " + ex,
						this.origin.address().toString(), ex), this.clock.report());
			}
		}
	}

	private void timedOut() {
		String limit = this.connector.settings().connectTimeout().toMillis() + " ms";
		if (this.race == null) {
			this.clock.resolved(ConnectReport.DNS_SERVER_UNREACHABLE);
			failReaching(Phase.NAME_SERVER, "no name server has answered for " + limit, null);
		}
		else {
			failReaching(Phase.CONNECT, "not connected after " + limit + ": " + this.race.describe(), null);
		}
	}

	private void finish() {
		this.done = true;
		stopTimer();
	}

	private void stopTimer() {
		if (this.timeout != null) {
			this.timeout.cancel(false);
			this.timeout = null;
		}
	}

}
