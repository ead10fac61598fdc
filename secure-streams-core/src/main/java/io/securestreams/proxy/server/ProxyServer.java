package io.securestreams.proxy.server;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import io.netty.channel.Channel;
import io.securestreams.policy.ProxyBuffers;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.proxy.server.listen.AddressBinder;
import io.securestreams.proxy.server.listen.BoundAddress;
import io.securestreams.proxy.server.listen.SocketRules;
import io.securestreams.proxy.server.payload.Buffers;
import io.securestreams.proxy.server.payload.Overdraft;
import io.securestreams.proxy.wire.StreamType;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.stream.observe.EventLoopThread;
import io.securestreams.transport.TransportRuntime;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fulfils the streams of other processes with the policy of this one: a proxy for clients
 * of libwebsockets and for ours. May be used from any thread.
 */
public final class ProxyServer implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ProxyServer.class);

	private final ProxyServerSettings settings;

	private final StreamFactory streams;

	private final TransportRuntime runtime;

	private final Admission admission;

	private final Refusals refusals = new Refusals(System::nanoTime);

	private final SystemMessages systemMessages = new SystemMessages();

	private final Overdraft overdraft = new Overdraft();

	private final List<BoundAddress> bound = new ArrayList<>();

	private final ProxyLinks links = new ProxyLinks();

	private final MuxConnections muxes = new MuxConnections(this);

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
		SocketRules rules = new SocketRules(settings.socketPermissions(), settings.socketGroup(), settings.identity(),
				settings.clientAuth());
		AddressBinder binder = new AddressBinder(runtime, rules, server::accept, server.muxes::accept);
		try {
			for (ProxyAddress address : settings.addresses()) {
				server.bound.add(server.bind(binder, address));
			}
		}
		catch (RuntimeException ex) {
			server.bound.forEach(BoundAddress::close);
			throw ex;
		}
		logger.info("Proxy for clients at {}", server.addresses());
		return server;
	}

	private BoundAddress bind(AddressBinder binder, ProxyAddress address) {
		if (address instanceof ProxyAddress.Unix unix && unix.abstractName() && this.settings.access().isEmpty()) {
			logger.info("{} has no permissions: every user of this machine may use it, unless rules for access say "
					+ "otherwise", address);
		}
		try {
			return binder.bind(address);
		}
		catch (FileSystemException ex) {
			String reason = (ex.getReason() != null) ? ex.getReason() : ex.getClass().getSimpleName();
			throw new ProxyBindException(address.toString(), ex.getFile() + ": " + reason, ex);
		}
		catch (IOException ex) {
			throw new ProxyBindException(address.toString(), String.valueOf(ex.getMessage()), ex);
		}
	}

	private void accept(Channel channel, String address) {
		if (!admit(channel, address)) {
			channel.close();
		}
	}

	/**
	 * Serves one more link, if there may be one.
	 * @param channel the link
	 * @param address where it came to
	 * @return whether it is served
	 */
	boolean admit(Channel channel, String address) {
		if (isStopped()) {
			return false;
		}
		if (this.links.size() >= this.settings.limits().maxLinks()) {
			this.refusals.count(Refusal.LINKS, address, "there are " + this.links.size() + " links");
			return false;
		}
		ProxyLink link = new ProxyLink(this, address, "link-" + this.accepted.incrementAndGet());
		channel.config().setRecvByteBufAllocator(new LinkReads(link));
		channel.pipeline().addLast("link", new LinkHandler(link, this.settings.limits().maxMetadata()));
		return true;
	}

	boolean isStopped() {
		return this.stopped.get() != null;
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
		return this.links.snapshots();
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
		this.links.drain(now);
		checkDone();
	}

	private void checkDone() {
		CompletableFuture<Void> done = this.stopped.get();
		if (done != null && this.links.isEmpty()) {
			this.muxes.closeAll();
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
