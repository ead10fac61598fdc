package io.securestreams.proxy.client.link;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

import io.securestreams.proxy.ProxyAddress;
import io.securestreams.proxy.mux.MuxChannel;
import io.securestreams.proxy.mux.MuxHandler;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.connect.ConnectAttempt;
import io.securestreams.transport.connect.ConnectListener;
import io.securestreams.transport.connect.ConnectReport;
import io.securestreams.transport.connect.Connector;
import io.securestreams.transport.connect.Origin;

/**
 * Connections that carry many links: one for each event loop and address, as long as it
 * lasts. May be used from any event loop of the engine.
 */
final class MuxLinks {

	/** How long the other side has to be there and to open a channel. */
	private static final long OPEN_MILLIS = 10_000;

	private final Connector connector;

	private final Map<Key, Shared> connections = new ConcurrentHashMap<>();

	MuxLinks(Connector connector) {
		this.connector = connector;
	}

	private record Key(EventLoop loop, ProxyAddress.Mux address) {
	}

	ConnectAttempt connect(EventLoop loop, ProxyAddress.Mux address, Origin origin, LinkEvents events) {
		Shared shared = this.connections.computeIfAbsent(new Key(loop, address), Shared::new);
		Attempt attempt = new Attempt(shared, events);
		// Nothing is reported before this returns
		loop.execute(() -> shared.open(attempt, origin));
		return attempt;
	}

	void close() {
		this.connections.values().forEach(Shared::close);
	}

	/** A stream's attempt at a link. On the event loop. */
	private static final class Attempt implements ConnectAttempt, MuxHandler.Opening {

		private final Shared shared;

		private final LinkEvents events;

		private @Nullable Future<?> deadline;

		private boolean over;

		Attempt(Shared shared, LinkEvents events) {
			this.shared = shared;
			this.events = events;
		}

		void start() {
			this.deadline = this.shared.key.loop()
				.schedule(() -> abandon("no channel within " + OPEN_MILLIS + " ms"), OPEN_MILLIS,
						TimeUnit.MILLISECONDS);
		}

		private boolean end() {
			boolean first = !this.over;
			this.over = true;
			Future<?> running = this.deadline;
			if (running != null) {
				running.cancel(false);
			}
			return first;
		}

		private void abandon(String reason) {
			this.shared.cancel(this);
			failed(reason);
		}

		@Override
		public void opened(MuxChannel channel) {
			if (!end()) {
				channel.unsafe().closeForcibly();
				return;
			}
			this.shared.key.loop().register(channel);
			SocketLink.start(channel, this.shared.key.address().toString(), this.events);
		}

		@Override
		public void failed(String reason) {
			failed(StreamFailure.unsent(Phase.CONNECT, reason, this.shared.key.address().toString(), null));
		}

		void failed(StreamFailure failure) {
			if (end()) {
				this.events.failed(failure);
			}
		}

		@Override
		public void cancel() {
			if (end()) {
				this.shared.cancel(this);
			}
		}

	}

	/** One connection, if there is one. On its event loop but for {@link #close}. */
	private final class Shared {

		private final Key key;

		private final List<Attempt> waiting = new ArrayList<>();

		private volatile @Nullable Channel connection;

		private @Nullable MuxHandler mux;

		private boolean connecting;

		Shared(Key key) {
			this.key = key;
		}

		void open(Attempt attempt, Origin origin) {
			if (attempt.over) {
				return;
			}
			attempt.start();
			MuxHandler there = this.mux;
			if (there != null) {
				there.open(attempt);
				return;
			}
			this.waiting.add(attempt);
			if (!this.connecting) {
				this.connecting = true;
				MuxLinks.this.connector.connect(this.key.loop(), origin, new ConnectListener() {
					@Override
					public void connected(Channel channel, ConnectReport report) {
						Shared.this.connected(channel);
					}

					@Override
					public void failed(StreamFailure failure, ConnectReport report) {
						Shared.this.connecting = false;
						take().forEach((each) -> each.failed(failure));
					}
				});
			}
		}

		private List<Attempt> take() {
			List<Attempt> taken = List.copyOf(this.waiting);
			this.waiting.clear();
			return taken;
		}

		private void connected(Channel channel) {
			this.connecting = false;
			MuxHandler made = MuxHandler.client();
			this.mux = made;
			this.connection = channel;
			channel.closeFuture().addListener((closed) -> {
				if (this.mux == made) {
					this.mux = null;
					this.connection = null;
				}
			});
			channel.pipeline().addLast("mux", made);
			take().forEach(made::open);
		}

		void cancel(Attempt attempt) {
			this.waiting.remove(attempt);
			MuxHandler there = this.mux;
			if (there != null) {
				there.cancel(attempt);
			}
		}

		void close() {
			Channel open = this.connection;
			if (open != null) {
				open.close();
			}
		}

	}

}
