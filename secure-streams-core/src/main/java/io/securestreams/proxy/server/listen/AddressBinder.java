package io.securestreams.proxy.server.listen;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.securestreams.engine.spi.BoundListener;
import io.securestreams.policy.TrafficClass;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.platform.VirtualHost;
import io.securestreams.transport.TransportRuntime;
import io.securestreams.transport.listen.ListenPoint;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Binds the addresses of a proxy: TCP with and without TLS, socket files and abstract
 * names, each for links or for connections that carry many.
 */
public final class AddressBinder {

	private static final Logger logger = LoggerFactory.getLogger(AddressBinder.class);

	private final TransportRuntime runtime;

	private final SocketRules rules;

	private final BiConsumer<Channel, String> links;

	private final BiConsumer<Channel, String> muxes;

	/**
	 * Makes what binds.
	 * @param runtime listeners and TLS
	 * @param rules who may connect
	 * @param links gets connections that are a link each, and the address they came to
	 * @param muxes gets connections that carry links, and the address they came to
	 */
	public AddressBinder(TransportRuntime runtime, SocketRules rules, BiConsumer<Channel, String> links,
			BiConsumer<Channel, String> muxes) {
		this.runtime = runtime;
		this.rules = rules;
		this.links = links;
		this.muxes = muxes;
	}

	/**
	 * Listens at an address. The calling thread waits until it is bound.
	 * @param address where
	 * @return what is bound
	 * @throws IOException if it cannot be
	 * @throws SecureStreamsException if the identity for TLS is missing or cannot be used
	 */
	public BoundAddress bind(ProxyAddress address) throws IOException {
		boolean mux = address instanceof ProxyAddress.Mux;
		ProxyAddress target = (address instanceof ProxyAddress.Mux muxed) ? muxed.connection() : address;
		if (target instanceof ProxyAddress.Tcp tcp) {
			return bindTcp(tcp, mux);
		}
		ProxyAddress.Unix unix = (ProxyAddress.Unix) target;
		return unix.abstractName() ? bindName(address, unix, mux) : bindFile(unix, mux);
	}

	private BoundAddress bindName(ProxyAddress address, ProxyAddress.Unix unix, boolean mux) throws IOException {
		try {
			return new BoundAddress(address, listen(unix.endpoint(), 0, null, address.toString(), mux), null);
		}
		catch (SecureStreamsException ex) {
			// Not every transport has such names
			throw new IOException(ex.getMessage(), ex);
		}
	}

	private BoundAddress bindTcp(ProxyAddress.Tcp tcp, boolean mux) throws IOException {
		String identity = this.rules.identity();
		@Nullable Supplier<SslContext> tls = null;
		if (identity != null) {
			VirtualHost host = new VirtualHost("proxy", tcp.host(), tcp.port(), identity, this.rules.clientAuth());
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
				file.publish(this.rules.permissions(), this.rules.group());
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
		BiConsumer<Channel, String> accepting = mux ? this.muxes : this.links;
		ListenPoint point = new ListenPoint("proxy", endpoint, port, TrafficClass.NORMAL, tls);
		try {
			return this.runtime.listener()
				.bind(point, (channel) -> accepting.accept(channel, name))
				.toCompletableFuture()
				.join();
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

}
