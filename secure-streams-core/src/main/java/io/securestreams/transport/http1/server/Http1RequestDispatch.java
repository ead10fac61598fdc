package io.securestreams.transport.http1.server;

import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.securestreams.transport.http.HeaderSink;
import io.securestreams.transport.http.ReceivedHeaders;
import io.securestreams.transport.http.ServerRoute;
import io.securestreams.transport.http.ServerRoutes;
import io.securestreams.transport.http.UpgradeHandler;
import io.securestreams.transport.http.UpgradeRequest;
import io.securestreams.transport.http.exchange.ServerExchange;
import io.securestreams.transport.http.exchange.ServerRefusal;
import io.securestreams.transport.http1.MessageHead;
import io.securestreams.transport.loop.EventLoopExecutor;
import io.securestreams.transport.tls.PeerIdentity;
import org.jspecify.annotations.Nullable;

/**
 * Finds whom a connection's requests are for, and makes a stream for each.
 */
final class Http1RequestDispatch {

	private final ServerConnection connection;

	private final ServerResponse response;

	private final Http1Framing framing;

	private final Supplier<ServerRoutes> routes;

	private final UpgradeHandler upgrades;

	/** The connection waits for the answer to it. */
	private @Nullable Upgrade pending;

	Http1RequestDispatch(ServerConnection connection, ServerResponse response, Http1Framing framing,
			Supplier<ServerRoutes> routes, UpgradeHandler upgrades) {
		this.connection = connection;
		this.response = response;
		this.framing = framing;
		this.routes = routes;
		this.upgrades = upgrades;
	}

	/** Hands a request to whom it is for. */
	void serve(ServerRequest request, MessageHead head) {
		ServerRoutes known = this.routes.get();
		boolean served = ServerRefusal.isServed(request.method());
		if (served && request.upgrade() && upgrade(new Upgrade(request, head, known))) {
			return;
		}
		ServerRoute route = served ? known.request(request.path()) : null;
		if (route == null) {
			ServerRefusal refusal = ServerRefusal.of(known, request.method(), request.path(), true);
			this.connection.answer(refusal.status(), refusal.fields());
			return;
		}
		ServerExchange exchange = new ServerExchange(this.framing, route, request.method());
		head.reserve();
		int refusal = exchange.open();
		head.giveBack();
		if (refusal != 0) {
			this.response.closeAfter();
			this.connection.answer(refusal, ServerRefusal.NO_FIELDS);
			return;
		}
		this.framing.carry(exchange);
		exchange.start(request.method(), request.path(), head, request.content(), request.expectsContinue());
	}

	private boolean upgrade(Upgrade request) {
		boolean taken;
		request.head.reserve();
		try {
			taken = this.upgrades.upgrade(request);
		}
		finally {
			request.head.giveBack();
		}
		if (taken && !request.answered) {
			this.pending = request;
		}
		return taken;
	}

	/** Whether an upgrade waits for its answer. */
	boolean isUpgrading() {
		return this.pending != null;
	}

	/**
	 * The connection is gone.
	 * @return whether an upgrade has been waiting
	 */
	boolean lost() {
		Upgrade last = this.pending;
		this.pending = null;
		if (last == null) {
			return false;
		}
		last.answered = true;
		last.lost.run();
		return true;
	}

	private final class Upgrade implements UpgradeRequest {

		private final ServerRequest request;

		private final MessageHead head;

		private final ServerRoutes known;

		private Runnable lost = () -> {
		};

		private boolean answered;

		Upgrade(ServerRequest request, MessageHead head, ServerRoutes known) {
			this.request = request;
			this.head = head;
			this.known = known;
		}

		@Override
		public String method() {
			return this.request.method();
		}

		@Override
		public String path() {
			return this.request.path();
		}

		@Override
		public boolean asksFor(String protocol) {
			return this.head.hasToken("upgrade", protocol.toLowerCase(Locale.ROOT));
		}

		@Override
		public ReceivedHeaders fields() {
			return this.head;
		}

		@Override
		public EventLoopExecutor executor() {
			return Http1RequestDispatch.this.framing.executor();
		}

		@Override
		public String peer() {
			return Http1RequestDispatch.this.framing.peer();
		}

		@Override
		public PeerIdentity identity() {
			return Http1RequestDispatch.this.framing.identity();
		}

		@Override
		public ServerRoutes routes() {
			return this.known;
		}

		@Override
		public void onLost(Runnable lost) {
			this.lost = lost;
		}

		@Override
		public void accept(String protocol, Consumer<HeaderSink> fields, Consumer<Channel> next) {
			answer();
			ServerConnection from = Http1RequestDispatch.this.connection;
			Channel channel = from.channel();
			Http1RequestDispatch.this.response.switching(protocol, executor().epochMillis(), fields);
			channel.config().setAutoRead(false);
			channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
			next.accept(channel);
			from.leave();
		}

		@Override
		public void refuse(int status, Consumer<HeaderSink> fields) {
			answer();
			Http1RequestDispatch.this.connection.answer(status, fields);
		}

		private void answer() {
			if (this.answered) {
				throw new IllegalStateException("answered already");
			}
			this.answered = true;
			Http1RequestDispatch.this.pending = null;
		}

	}

}
