package io.securestreams.transport.http1;

import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.netty.channel.Channel;
import io.securestreams.engine.spi.AcceptedLink;
import io.securestreams.transport.http.HeaderSink;
import io.securestreams.transport.http.ReceivedHeaders;
import io.securestreams.transport.http.ServerRoute;
import io.securestreams.transport.http.ServerRoutes;
import io.securestreams.transport.http.UpgradeHandler;
import io.securestreams.transport.http.UpgradeRequest;
import io.securestreams.transport.loop.EventLoopExecutor;
import io.securestreams.transport.tls.PeerIdentity;
import org.jspecify.annotations.Nullable;

/**
 * Finds whom a connection's requests are for, and makes a stream for each.
 */
final class RequestDispatch {

	private static final int NOT_FOUND = 404;

	private static final int METHOD_NOT_ALLOWED = 405;

	private static final int UPGRADE_REQUIRED = 426;

	private static final int UNAVAILABLE = 503;

	private static final Consumer<HeaderSink> ALLOWED = (sink) -> sink.field("allow",
			"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");

	private static final Consumer<HeaderSink> UPGRADE = (sink) -> {
		sink.field("upgrade", "websocket");
		sink.field("connection", "upgrade");
	};

	private static final Consumer<HeaderSink> NO_FIELDS = (sink) -> {
	};

	private final ServerConnection connection;

	private final ServerResponse response;

	private final EventLoopExecutor executor;

	private final String peer;

	private final PeerIdentity identity;

	private final Supplier<ServerRoutes> routes;

	private final UpgradeHandler upgrades;

	private @Nullable AcceptedStream current;

	/** The connection waits for the answer to it. */
	private @Nullable Upgrade pending;

	private boolean announcing;

	RequestDispatch(ServerConnection connection, ServerResponse response, EventLoopExecutor executor, String peer,
			PeerIdentity identity, Supplier<ServerRoutes> routes, UpgradeHandler upgrades) {
		this.identity = identity;
		this.connection = connection;
		this.response = response;
		this.executor = executor;
		this.peer = peer;
		this.routes = routes;
		this.upgrades = upgrades;
	}

	/** The stream that serves, or {@code null} if there is none. */
	@Nullable AcceptedStream current() {
		return this.current;
	}

	/** Whether the application is being told of a request. */
	boolean isAnnouncing() {
		return this.announcing;
	}

	/** Hands a request to whom it is for. */
	void serve(ServerRequest request, MessageHead head) {
		if (request.method().equals("TRACE")) {
			// What a client's proxy has added, such as credentials, is not to be sent
			// back
			this.connection.answer(METHOD_NOT_ALLOWED, ALLOWED);
			return;
		}
		ServerRoutes known = this.routes.get();
		if (request.upgrade() && upgrade(new Upgrade(request, head, known))) {
			return;
		}
		ServerRoute route = known.request(request.path());
		if (route == null) {
			if (known.coversWebSocket(request.path())) {
				this.connection.answer(UPGRADE_REQUIRED, UPGRADE);
			}
			else {
				this.connection.answer(NOT_FOUND, NO_FIELDS);
			}
			return;
		}
		this.announcing = true;
		AcceptedStream to = open(route, head);
		if (to != null) {
			route.requests()
				.receive(request.method(), request.path(), head, this.identity, to.headers(), to.link().metadata());
			if (request.content()) {
				this.connection.expectContent();
			}
			to.announce(this.peer, head);
		}
		this.announcing = false;
		if (to != null && !this.connection.isClosed()) {
			to.settle();
		}
	}

	private @Nullable AcceptedStream open(ServerRoute route, MessageHead head) {
		AcceptedStream stream = new AcceptedStream(this.connection, this.response, this.executor, route);
		head.reserve();
		AcceptedLink link = route.acceptor().accept(this.executor, stream, this.peer);
		head.giveBack();
		if (link == null) {
			stream.detach();
			this.response.closeAfter();
			this.connection.answer(this.response.answer().refusal(UNAVAILABLE), NO_FIELDS);
			return null;
		}
		stream.attach(link);
		this.current = stream;
		return stream;
	}

	/** The stream that has served has no more to do with the connection. */
	void leave() {
		AcceptedStream last = this.current;
		if (last != null) {
			this.current = null;
			last.detach();
			last.link().completed();
		}
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
			return RequestDispatch.this.executor;
		}

		@Override
		public String peer() {
			return RequestDispatch.this.peer;
		}

		@Override
		public PeerIdentity identity() {
			return RequestDispatch.this.identity;
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
			RequestDispatch.this.connection.switchTo(protocol, fields, next);
		}

		@Override
		public void refuse(int status, Consumer<HeaderSink> fields) {
			answer();
			RequestDispatch.this.connection.answer(status, fields);
		}

		private void answer() {
			if (this.answered) {
				throw new IllegalStateException("answered already");
			}
			this.answered = true;
			RequestDispatch.this.pending = null;
		}

	}

}
