package io.securestreams.proxy.server;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.securestreams.engine.spi.BoundListener;
import io.securestreams.policy.ProxyBuffers;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.TrafficClass;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.proxy.mux.MuxHandler;
import io.securestreams.proxy.server.payload.Overdraft;
import io.securestreams.proxy.wire.StreamType;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.stream.observe.EventLoopThread;
import io.securestreams.stream.platform.VirtualHost;
import io.securestreams.transport.TransportRuntime;
import io.securestreams.transport.listen.ListenPoint;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fulfils the streams of other processes with the policy of this one: a proxy for clients
 * of libwebsockets and for ours. May be used from any thread.
 */
public final class ProxyServer implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ProxyServer.class);

	/** A connection on which nobody speaks is of no use. */
	private static final Duration MUX_TIMEOUT = Duration.ofSeconds(15);

	private final ProxyServerSettings settings;

	private final StreamFactory streams;

	private final TransportRuntime runtime;

	private final Admission admission;

	private final Refusals refusals = new Refusals(System::nanoTime);

	private final SystemMessages systemMessages = new SystemMessages();

	private final Overdraft overdraft = new Overdraft();

	private final List<BoundAddress> bound = new ArrayList<>();

	private final Set<ProxyLink> links = ConcurrentHashMap.newKeySet();

	/** Connections that carry links. */
	private final Set<Channel> muxes = ConcurrentHashMap.newKeySet();

	private final AtomicLong accepted = new AtomicLong();

	private final AtomicReference<@Nullable CompletableFuture<Void>> stopped = new AtomicReference<>();

	private ProxyServer(ProxyServerSettings settings, StreamFactory streams, TransportRuntime runtime) {
		this.settings = settings;
		this.streams = streams;
		this.runtime = runtime;
		this.admission = new Admission(settings.access(), settings.limits(), System::nanoTime);
	}

	/**
	 * Starts to listen. The calling thread waits until all addresses are bound.
	 * @param settings how clients are served
	 * @param streams where their streams come from
	 * @param runtime threads and listeners
	 * @return the server
	 * @throws ProxyBindException if an address cannot be bound
	 * @throws SecureStreamsException if the identity for TLS is missing or cannot be used
	 * @throws IllegalStateException on an event loop
	 */
	public static ProxyServer start(ProxyServerSettings settings, StreamFactory streams, TransportRuntime runtime) {
		EventLoopThread.refuse("a proxy's start", "another thread, CompletableFuture.runAsync(…)");
		ProxyServer server = new ProxyServer(settings, streams, runtime);
		try {
			for (ProxyAddress address : settings.addresses()) {
				server.bound.add(server.bind(address));
			}
		}
		catch (RuntimeException ex) {
			server.bound.forEach(BoundAddress::close);
			throw ex;
		}
		logger.info("Proxy for clients at {}", server.addresses());
		return server;
	}

	private BoundAddress bind(ProxyAddress address) {
		boolean mux = address instanceof ProxyAddress.Mux;
		ProxyAddress target = (address instanceof ProxyAddress.Mux muxed) ? muxed.connection() : address;
		try {
			if (target instanceof ProxyAddress.Tcp tcp) {
				return bindTcp(tcp, mux);
			}
			ProxyAddress.Unix unix = (ProxyAddress.Unix) target;
			if (!unix.abstractName()) {
				return bindFile(unix, mux);
			}
			if (this.settings.access().isEmpty()) {
				logger.info("{} has no permissions: every user of this machine may use it, unless rules for access say "
						+ "otherwise", address);
			}
			return bindName(address, unix, mux);
		}
		catch (FileSystemException ex) {
			String reason = (ex.getReason() != null) ? ex.getReason() : ex.getClass().getSimpleName();
			throw new ProxyBindException(address.toString(), ex.getFile() + ": " + reason, ex);
		}
		catch (IOException ex) {
			throw new ProxyBindException(address.toString(), String.valueOf(ex.getMessage()), ex);
		}
	}

	private BoundAddress bindName(ProxyAddress address, ProxyAddress.Unix unix, boolean mux) throws IOException {
		try {
			return new BoundAddress(address, listen(unix.endpoint(), 0, null, address.toString(), mux), null);
		}
		catch (SecureStreamsException ex) {
			// Not every transport has such names
			throw new ProxyBindException(address.toString(), String.valueOf(ex.getMessage()), ex);
		}
	}

	private BoundAddress bindTcp(ProxyAddress.Tcp tcp, boolean mux) throws IOException {
		String identity = this.settings.identity();
		@Nullable Supplier<SslContext> tls = null;
		if (identity != null) {
			VirtualHost host = new VirtualHost("proxy", tcp.host(), tcp.port(), identity, this.settings.clientAuth());
			// A mistake is to show now, not with the first connection
			this.runtime.tls().server(host, List.of());
			tls = () -> this.runtime.tls().server(host, List.of());
		}
		else if (!isLoopback(tcp.host())) {
			logger.warn("{} can be reached from other machines, without TLS: whoever gets there may use every "
					+ "streamtype, and read along", tcp);
		}
		String name = "tcp:" + tcp.host() + ":" + tcp.port();
		BoundListener listener = listen(tcp.host(), tcp.port(), tls, name, mux);
		int port = ((InetSocketAddress) listener.address()).getPort();
		ProxyAddress bound = new ProxyAddress.Tcp(tcp.host(), port);
		return new BoundAddress(mux ? new ProxyAddress.Mux(bound) : bound, listener, null);
	}

	private static boolean isLoopback(String host) {
		try {
			return !host.isEmpty() && (host.equals("lo") || InetAddress.getByName(host).isLoopbackAddress());
		}
		catch (UnknownHostException ex) {
			return false;
		}
	}

	private BoundAddress bindFile(ProxyAddress.Unix unix, boolean mux) throws IOException {
		SocketFile file = SocketFile.prepare(Path.of(unix.path()));
		try {
			BoundListener listener = listen("+" + file.bindPath(), 0, null, unix.toString(), mux);
			BoundAddress address = new BoundAddress(mux ? new ProxyAddress.Mux(unix) : unix, listener, file);
			try {
				file.publish(this.settings.socketPermissions(), this.settings.socketGroup());
			}
			catch (IOException ex) {
				address.close();
				throw ex;
			}
			return address;
		}
		catch (IOException | RuntimeException ex) {
			file.remove();
			throw ex;
		}
	}

	private BoundListener listen(String endpoint, int port, @Nullable Supplier<SslContext> tls, String name,
			boolean mux) throws BindException {
		ListenPoint point = new ListenPoint("proxy", endpoint, port, TrafficClass.NORMAL, tls);
		try {
			return this.runtime.listener().bind(point, (channel) -> {
				if (mux) {
					acceptMux(channel, name);
				}
				else {
					accept(channel, name);
				}
			}).toCompletableFuture().join();
		}
		catch (CompletionException ex) {
			Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
			if (cause instanceof SecureStreamsException failure) {
				throw failure;
			}
			BindException failure = new BindException(String.valueOf(cause.getMessage()));
			failure.initCause(cause);
			throw failure;
		}
	}

	/** Many links come over it, each as over a connection of its own. */
	private void acceptMux(Channel channel, String address) {
		if (this.stopped.get() != null) {
			channel.close();
			return;
		}
		if (this.muxes.size() >= this.settings.limits().maxLinks()) {
			this.refusals.count(Refusal.LINKS, address, "there are " + this.muxes.size() + " connections");
			channel.close();
			return;
		}
		this.muxes.add(channel);
		channel.closeFuture().addListener((closed) -> this.muxes.remove(channel));
		MuxHandler mux = MuxHandler.server((link) -> {
			boolean admitted = admits(address);
			if (admitted) {
				serve(link, address);
			}
			return admitted;
		});
		channel.pipeline().addLast("mux", mux);
		channel.eventLoop().schedule(() -> {
			if (!mux.isUp() && channel.isActive()) {
				this.refusals.count(Refusal.SILENT, address, "nobody speaks mux there");
				channel.close();
			}
		}, MUX_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
	}

	private void accept(Channel channel, String address) {
		if (!admits(address)) {
			channel.close();
			return;
		}
		serve(channel, address);
	}

	/** Whether there may be one more link. */
	private boolean admits(String address) {
		if (this.stopped.get() != null) {
			return false;
		}
		if (this.links.size() >= this.settings.limits().maxLinks()) {
			this.refusals.count(Refusal.LINKS, address, "there are " + this.links.size() + " links");
			return false;
		}
		return true;
	}

	private void serve(Channel channel, String address) {
		ProxyLink link = new ProxyLink(this, address, "link-" + this.accepted.incrementAndGet());
		channel.config().setRecvByteBufAllocator(new LinkReads(link));
		channel.pipeline().addLast("link", new LinkHandler(link, this.settings.limits().maxMetadata()));
	}

	/**
	 * Returns where it listens.
	 * @return the addresses, with the ports they have got
	 */
	public List<ProxyAddress> addresses() {
		return this.bound.stream().map(BoundAddress::address).toList();
	}

	/**
	 * Returns the links there are.
	 * @return how they are now; those of an event loop that does not get on are missing
	 */
	public List<ProxyLinkSnapshot> links() {
		List<CompletableFuture<ProxyLinkSnapshot>> asked = new ArrayList<>();
		for (ProxyLink link : this.links) {
			CompletableFuture<ProxyLinkSnapshot> answer = new CompletableFuture<>();
			asked.add(answer);
			try {
				link.loop().execute(() -> answer.complete(link.snapshot()));
			}
			catch (RejectedExecutionException ex) {
				answer.cancel(false);
			}
		}
		List<ProxyLinkSnapshot> found = new ArrayList<>();
		CompletableFuture<Void> all = CompletableFuture.allOf(asked.toArray(new CompletableFuture<?>[0]));
		try {
			if (!isOnLoop()) {
				all.completeOnTimeout(null, 1, TimeUnit.SECONDS).join();
			}
		}
		catch (CompletionException | CancellationException ex) {
			// Those that could not be asked are gone
		}
		for (CompletableFuture<ProxyLinkSnapshot> answer : asked) {
			if (answer.isDone() && !answer.isCompletedExceptionally()) {
				found.add(answer.join());
			}
		}
		return found;
	}

	private static boolean isOnLoop() {
		return Thread.currentThread() instanceof EventLoopThread;
	}

	/**
	 * Returns how many links there are.
	 * @return how many have been accepted and are not closed
	 */
	public int linkCount() {
		return this.links.size();
	}

	/**
	 * Returns how many links there have been.
	 * @return how many have been accepted so far
	 */
	public long acceptedCount() {
		return this.accepted.get();
	}

	/**
	 * Returns what has been refused.
	 * @return how many so far, by cause
	 */
	public Map<Refusal, Long> refused() {
		Map<Refusal, Long> counts = new EnumMap<>(Refusal.class);
		for (Refusal refusal : Refusal.values()) {
			counts.put(refusal, this.refusals.total(refusal));
		}
		return counts;
	}

	/**
	 * Stops to listen, and ends links as soon as nothing is under way on them, at last
	 * when their time is up.
	 * @param drain most time for what is under way
	 * @return completes when the last link is gone
	 */
	public CompletionStage<Void> shutdown(Duration drain) {
		CompletableFuture<Void> done = new CompletableFuture<>();
		if (!this.stopped.compareAndSet(null, done)) {
			CompletableFuture<Void> earlier = this.stopped.get();
			if (drain.isZero() || drain.isNegative()) {
				each(true);
			}
			return (earlier != null) ? earlier : done;
		}
		CompletableFuture<?>[] closing = this.bound.stream()
			.map((address) -> address.close().toCompletableFuture())
			.toArray(CompletableFuture<?>[]::new);
		CompletableFuture.allOf(closing).whenComplete((nothing, failure) -> checkDone());
		boolean now = drain.isZero() || drain.isNegative();
		each(now);
		if (!now) {
			this.runtime.loops().next().eventLoop().schedule(() -> each(true), drain.toMillis(), TimeUnit.MILLISECONDS);
		}
		return done;
	}

	private void each(boolean now) {
		for (ProxyLink link : this.links) {
			try {
				link.loop().execute(() -> link.drain(now));
			}
			catch (RejectedExecutionException ex) {
				remove(link);
			}
		}
		checkDone();
	}

	private void checkDone() {
		CompletableFuture<Void> done = this.stopped.get();
		if (done != null && this.links.isEmpty()) {
			this.muxes.forEach(Channel::close);
			done.complete(null);
		}
	}

	/**
	 * As {@link #shutdown} without time to drain, and waits for the end.
	 */
	@Override
	public void close() {
		EventLoopThread.refuse("close()", "shutdown(Duration.ZERO)");
		shutdown(Duration.ZERO).toCompletableFuture().completeOnTimeout(null, 5, TimeUnit.SECONDS).join();
	}

	ProxyServerSettings settings() {
		return this.settings;
	}

	Admission admission() {
		return this.admission;
	}

	Refusals refusals() {
		return this.refusals;
	}

	void add(ProxyLink link) {
		this.links.add(link);
	}

	void remove(ProxyLink link) {
		this.links.remove(link);
		checkDone();
	}

	Overdraft overdraft() {
		return this.overdraft;
	}

	LinkedStream streamFor(ProxyLink link, StreamType wanted) {
		return wanted.name().equals(StreamType.SMD) ? new SystemMessageStream(link, this.systemMessages, wanted)
				: new ProxiedStream(link, this.streams, wanted);
	}

	long buffersOf(String streamType) {
		return Buffers.total(proxyBuffers(streamType));
	}

	long clientBufferOf(String streamType) {
		return Buffers.client(proxyBuffers(streamType));
	}

	private ProxyBuffers proxyBuffers(String streamType) {
		return this.streams.policy()
			.streamType(streamType)
			.map(StreamPolicy::proxyBuffers)
			.orElse(ProxyBuffers.DEFAULTS);
	}

}
