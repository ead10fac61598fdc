package io.securestreams.transport.websocket.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;

import io.securestreams.engine.spi.AcceptedLink;
import io.securestreams.engine.spi.AcceptedTransport;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.limits.WebSocketLimits;
import io.securestreams.policy.http.WebSocketOptions;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http.HeaderSink;
import io.securestreams.transport.http.InvalidRequestException;
import io.securestreams.transport.http.ProtocolRequest;
import io.securestreams.transport.http.ServerRoute;
import io.securestreams.transport.websocket.WebSocketConnection;
import io.securestreams.transport.websocket.WebSocketTransport;
import io.securestreams.transport.websocket.frame.Carrier;
import io.securestreams.transport.websocket.frame.DeflateExtension;
import org.jspecify.annotations.Nullable;

/**
 * An accepted WebSocket stream: asks the application whether the client gets its
 * WebSocket, answers the opening handshake accordingly, and hands over to a
 * {@link WebSocketConnection}.
 */
final class WebSocketServerTransport extends WebSocketTransport implements AcceptedTransport {

	/** From this status on, an answer is a refusal. */
	private static final int REFUSED = 300;

	private static final int SWITCHING = 101;

	private static final int FORBIDDEN = 403;

	private static final int NOT_FOUND = 404;

	private static final int INTERNAL_ERROR = 500;

	private static final int UNAVAILABLE = 503;

	private static final Consumer<HeaderSink> NO_FIELDS = (sink) -> {
	};

	private final ProtocolRequest request;

	private final HandshakeAcceptance acceptance;

	private final ServerRoute route;

	private final ReceivedHandshake handshake;

	private final WebSocketOptions options;

	private final @Nullable DeflateExtension deflate;

	private final WebSocketLimits limits;

	private @Nullable StreamLink link;

	private StreamExecutor.@Nullable Timer deadline;

	/** What the application has said before it was asked. */
	private int early;

	/** The client has, or will never get, its answer. */
	private boolean answered;

	private @Nullable Carrier carrier;

	private @Nullable WebSocketConnection connection;

	WebSocketServerTransport(ProtocolRequest request, HandshakeAcceptance acceptance, ServerRoute route,
			ReceivedHandshake handshake, WebSocketLimits limits) {
		this.request = request;
		this.acceptance = acceptance;
		this.route = route;
		this.handshake = handshake;
		this.options = Objects.requireNonNull(route.webSocket());
		this.deflate = this.options.deflate() ? handshake.deflate() : null;
		this.limits = limits;
	}

	/** Makes the stream, and asks. */
	void open() {
		AcceptedLink accepted = this.route.acceptor().accept(this.request.executor(), this, this.request.peer());
		if (accepted == null) {
			this.answered = true;
			this.request.refuse((this.early != 0) ? this.early : UNAVAILABLE, NO_FIELDS);
			return;
		}
		this.link = accepted;
		if (this.early != 0) {
			respond(this.early);
			return;
		}
		this.route.requests()
			.receive(this.request.method(), this.request.path(), this.request.fields(), this.request.identity(),
					accepted.metadata());
		this.request.onLost(this::lost);
		this.deadline = this.request.executor().schedule(this::overdue, this.limits.handshakeTimeout().toMillis());
		accepted.upgrade();
	}

	@Override
	public void acknowledge(int status) {
		respond((status == USUAL) ? SWITCHING : status);
	}

	@Override
	public void answer(int status) {
		respond((status == USUAL) ? NOT_FOUND : (status < REFUSED) ? FORBIDDEN : status);
	}

	@Override
	public void fail() {
		respond(INTERNAL_ERROR);
	}

	private void respond(int status) {
		StreamLink asked = this.link;
		if (asked == null) {
			this.early = (status >= REFUSED) ? status : 0;
		}
		else if (!this.answered) {
			if (status < REFUSED) {
				accept(asked);
			}
			else {
				refuse(asked, status, Phase.APPLICATION, "the upgrade was refused with " + status);
			}
		}
	}

	private void accept(StreamLink asked) {
		List<Field> fields = new ArrayList<>();
		try {
			agreed(fields);
			metadata(asked, fields);
		}
		catch (InvalidRequestException ex) {
			refuse(asked, INTERNAL_ERROR, Phase.HANDLER, String.valueOf(ex.getMessage()));
			return;
		}
		answer();
		this.acceptance.accept(writer(fields), this::connection);
		established(asked, Objects.requireNonNull(this.connection), this.request.peer());
		Objects.requireNonNull(this.carrier).flush();
	}

	private void agreed(List<Field> fields) {
		String accept = this.handshake.accept();
		if (accept != null) {
			fields.add(new Field("sec-websocket-accept", accept));
		}
		if (!this.options.subprotocol().isEmpty()) {
			fields.add(new Field("sec-websocket-protocol", this.options.subprotocol()));
		}
		if (this.deflate != null) {
			fields.add(new Field("sec-websocket-extensions", this.deflate.answer()));
		}
	}

	/** What the application has set; what belongs to the handshake is ours. */
	private void metadata(StreamLink asked, List<Field> fields) {
		this.route.requests().answer(asked.metadata(), (name, value) -> {
			String lower = name.toLowerCase(Locale.ROOT);
			boolean ours = switch (lower) {
				case "connection", "upgrade", "content-length", "transfer-encoding", "date" -> true;
				default -> lower.startsWith("sec-websocket-");
			};
			if (!ours) {
				fields.add(new Field(name, value));
			}
		});
	}

	private static Consumer<HeaderSink> writer(List<Field> fields) {
		return (sink) -> fields.forEach((field) -> sink.field(field.name(), field.value()));
	}

	private void refuse(StreamLink asked, int status, Phase phase, String message) {
		refuse(asked, status);
		asked.closed(StreamFailure.unsent(phase, message, this.request.peer(), null));
	}

	private void refuse(StreamLink asked, int status) {
		List<Field> fields = new ArrayList<>();
		int code = status;
		try {
			metadata(asked, fields);
		}
		catch (InvalidRequestException ex) {
			fields.clear();
			code = INTERNAL_ERROR;
		}
		answer();
		this.request.refuse(code, writer(fields));
	}

	private void answer() {
		this.answered = true;
		if (this.deadline != null) {
			this.deadline.cancel();
			this.deadline = null;
		}
	}

	private void overdue() {
		StreamLink asked = this.link;
		if (asked != null && !this.answered) {
			refuse(asked, UNAVAILABLE, Phase.HANDLER,
					"no answer to the upgrade within " + this.limits.handshakeTimeout().toMillis() + " ms");
		}
	}

	private void lost() {
		StreamLink asked = this.link;
		if (asked != null && !this.answered) {
			answer();
			asked.closed(StreamFailure.unsent(Phase.CONNECTION, "the client left before its upgrade was answered",
					this.request.peer(), null));
		}
	}

	private WebSocketConnection connection(Carrier below) {
		this.carrier = below;
		this.connection = new WebSocketConnection(this, Objects.requireNonNull(this.link), below, true, this.options,
				this.deflate, this.limits);
		return this.connection;
	}

	@Override
	public void drain() {
		super.drain();
		if (this.link != null) {
			respond(UNAVAILABLE);
		}
	}

	/** An application that wants nothing of the client says so with its answer. */
	@Override
	protected void abandon() {
		StreamLink asked = this.link;
		if (asked == null) {
			this.early = (this.early != 0) ? this.early : FORBIDDEN;
		}
		else if (!this.answered) {
			refuse(asked, FORBIDDEN);
		}
	}

	private record Field(String name, String value) {
	}

}
