package io.securestreams.transport.http1.server;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.limits.HttpMessageLimits;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http.exchange.ServerExchange;
import io.securestreams.transport.http.exchange.ServerFraming;
import io.securestreams.transport.loop.ChannelTask;
import io.securestreams.transport.loop.EventLoopExecutor;
import io.securestreams.transport.tls.PeerIdentity;

/**
 * Carries the exchanges of a connection, one after the other.
 */
final class Http1Framing implements ServerFraming {

	/** Slots before other streams of the event loop have their turn. */
	private static final int SLOTS_PER_TURN = 16;

	private final ServerConnection connection;

	private final ServerResponse response;

	private final EventLoopExecutor executor;

	private final String peer;

	private final PeerIdentity identity;

	private final HttpMessageLimits limits;

	private final Runnable pump;

	private @Nullable ServerExchange current;

	private boolean pumping;

	private boolean pumpScheduled;

	Http1Framing(ServerConnection connection, ServerResponse response, EventLoopExecutor executor, String peer,
			PeerIdentity identity, HttpMessageLimits limits) {
		this.connection = connection;
		this.pump = ChannelTask.of(connection::channel, this::pump);
		this.response = response;
		this.executor = executor;
		this.peer = peer;
		this.identity = identity;
		this.limits = limits;
	}

	/** The exchange in progress, or {@code null} if there is none. */
	@Nullable ServerExchange current() {
		return this.current;
	}

	/** From here on the connection is there for an exchange. */
	void carry(ServerExchange exchange) {
		this.current = exchange;
	}

	/**
	 * The connection has to end.
	 * @return the exchange that does not become complete, or {@code null}
	 */
	@Nullable ServerExchange drop() {
		ServerExchange last = this.current;
		this.current = null;
		return last;
	}

	/** Offers slots as long as the client reads. */
	void pump() {
		this.pumpScheduled = false;
		ServerExchange to = this.current;
		if (to == null || this.pumping) {
			return;
		}
		int slots = 0;
		this.pumping = true;
		try {
			while (to == this.current && to.wantsSlot() && this.connection.channel().isWritable()) {
				if (slots++ == SLOTS_PER_TURN) {
					schedule();
					break;
				}
				to.offerSlot(ServerExchange.SLOT_CAPACITY);
			}
		}
		finally {
			this.pumping = false;
		}
		if (!this.connection.isClosed()) {
			this.connection.flushSoon();
			if (to == this.current && !to.isAnswered()) {
				this.connection.watchPeer();
			}
		}
	}

	private void schedule() {
		if (!this.pumpScheduled) {
			this.pumpScheduled = true;
			this.executor.execute(this.pump);
		}
	}

	@Override
	public EventLoopExecutor executor() {
		return this.executor;
	}

	@Override
	public String peer() {
		return this.peer;
	}

	@Override
	public PeerIdentity identity() {
		return this.identity;
	}

	@Override
	public HttpMessageLimits messageLimits() {
		return this.limits;
	}

	@Override
	public void proceed() {
		this.connection.proceed();
	}

	@Override
	public void head(ServerExchange exchange, int status, long length, boolean last) {
		if (exchange.isContinueDue()) {
			// The client may send the body now or not: no telling where the next request
			// starts
			this.response.closeAfter();
		}
		this.response.head(exchange, status, length, last, this.executor.epochMillis());
		if (last) {
			this.connection.flushSoon();
		}
	}

	@Override
	public void body(ByteBuf piece, boolean last) {
		this.response.body(piece, last);
		if (last) {
			ServerExchange to = this.current;
			if (to != null) {
				to.answerSent();
			}
		}
	}

	@Override
	public void requestSlot() {
		if (!this.pumping) {
			schedule();
		}
	}

	@Override
	public void finished() {
		this.current = null;
		this.connection.exchangeEnded();
	}

	@Override
	public void refuse(int status, Phase phase, String message, @Nullable Throwable cause) {
		this.connection.refuse(status, phase, message, cause);
	}

	@Override
	public void cancel(int status, boolean answered) {
		this.current = null;
		this.connection.cancelled(status, answered);
	}

	@Override
	public void pause() {
		this.connection.pause();
	}

	@Override
	public void resume() {
		this.connection.resume();
	}

}
