package io.securestreams.transport.fault;

import java.util.Map;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.StreamExecutor.Timer;
import io.securestreams.engine.spi.StreamTransportFactory;
import io.securestreams.engine.spi.TransportKind;
import io.securestreams.policy.Faults;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.ProtocolPolicy;
import io.securestreams.policy.WebSocketPolicy;
import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;

/**
 * A transport that works as far as its faults let it. Lives on the stream's executor.
 */
final class FaultyTransport implements ClientTransport {

	private static final int TOO_MANY_REQUESTS = 429;

	private static final int UNAVAILABLE = 503;

	private final ClientLink link;

	private final Faults faults;

	private final ClientTransport network;

	private final FaultyLink faulty;

	private @Nullable Timer delay;

	/** Whether the attempt is the network's. */
	private boolean connecting;

	private int attempts;

	FaultyTransport(ClientLink link, Faults faults, StreamTransportFactory factory) {
		this.link = link;
		this.faults = faults;
		this.faulty = new FaultyLink(link, faults.cutAfter(), this::cut);
		this.network = factory.client(this.faulty);
	}

	@Override
	public TransportKind kind() {
		return this.network.kind();
	}

	@Override
	public void connect() {
		this.attempts++;
		if (this.faults.delayMillis() > 0) {
			this.delay = this.link.executor().schedule(this::begin, this.faults.delayMillis());
		}
		else {
			begin();
		}
	}

	private void begin() {
		this.delay = null;
		if (this.faults.refuse()) {
			fail(Phase.CONNECT, "refused on purpose (faults)", true);
		}
		else if (this.faults.dropOneIn() > 0 && this.attempts % this.faults.dropOneIn() == 0) {
			fail(Phase.CONNECTION, "lost on purpose (faults), one in " + this.faults.dropOneIn(), true);
		}
		else if (this.faults.status() > 0 && !(this.link.policy().protocol() instanceof HttpPolicy)
				&& !(this.link.policy().protocol() instanceof WebSocketPolicy)) {
			fail(Phase.HANDSHAKE, "rejected on purpose (faults)", true);
		}
		else if (this.faults.status() > 0) {
			answer(this.faults.status(), this.link.policy().protocol());
		}
		else {
			this.connecting = true;
			this.faulty.begin();
			this.network.connect();
		}
	}

	/** Says what a peer with this status would have said. */
	private void answer(int status, ProtocolPolicy policy) {
		boolean success = policy instanceof HttpPolicy http && http.outcome().isSuccess(status);
		HttpAnswer head = HttpAnswer.of(status, success, Map::of);
		this.link.answered(head);
		if (!(policy instanceof HttpPolicy http) || status == UNAVAILABLE || status == TOO_MANY_REQUESTS) {
			boolean busy = status == UNAVAILABLE || status == TOO_MANY_REQUESTS;
			this.link.closed(
					failure(busy ? Phase.BUSY : Phase.HANDSHAKE, "answered " + status + " on purpose (faults)", true)
						.withAnswer(head));
			return;
		}
		Integer userState = http.outcome().userStates().get(status);
		if (userState != null) {
			this.link.userState(userState);
		}
		this.link.connected("");
		if (success) {
			this.link.acknowledged(0);
		}
		else {
			this.link.rejected(0);
		}
		this.link.completed();
	}

	/** The connection has carried as much as it may. */
	private void cut() {
		if (this.connecting) {
			this.connecting = false;
			boolean repeatable = this.network.isRepeatable();
			this.network.close();
			this.link
				.closed(failure(Phase.CONNECTION, "cut on purpose (faults), after " + this.faults.cutAfter() + " bytes",
						false)
					.withRepeatable(repeatable));
		}
	}

	private void fail(Phase phase, String message, boolean unsent) {
		this.link.closed(failure(phase, message, unsent));
	}

	private StreamFailure failure(Phase phase, String message, boolean unsent) {
		return new StreamFailure(phase, message, this.link.target().address().toString(), null, unsent, null);
	}

	@Override
	public void requestWrite() {
		if (this.connecting) {
			this.network.requestWrite();
		}
	}

	@Override
	public @Nullable String rideshare() {
		return this.network.rideshare();
	}

	@Override
	public void write(ByteBuf payload, int flags, long ordinal) {
		if (this.connecting) {
			this.network.write(payload, flags, ordinal);
		}
		else {
			payload.release();
		}
	}

	@Override
	public boolean isDropping() {
		return !this.connecting || this.network.isDropping();
	}

	@Override
	public void pauseReading() {
		if (this.connecting) {
			this.network.pauseReading();
		}
	}

	@Override
	public void resumeReading() {
		if (this.connecting) {
			this.network.resumeReading();
		}
	}

	@Override
	public void delivered() {
		if (this.connecting) {
			this.network.delivered();
		}
	}

	@Override
	public void handed() {
		if (this.connecting) {
			this.network.handed();
		}
	}

	@Override
	public void undelivered() {
		if (this.connecting) {
			this.network.undelivered();
		}
	}

	@Override
	public boolean isInFlight() {
		return this.connecting && this.network.isInFlight();
	}

	@Override
	public void grantCredit(int bytes) {
		if (this.connecting) {
			this.network.grantCredit(bytes);
		}
	}

	@Override
	public void confirmValidity() {
		if (this.connecting) {
			this.network.confirmValidity();
		}
	}

	@Override
	public boolean isRepeatable() {
		return !this.connecting || this.network.isRepeatable();
	}

	@Override
	public void close() {
		Timer waiting = this.delay;
		this.delay = null;
		if (waiting != null) {
			waiting.cancel();
		}
		if (this.connecting) {
			this.connecting = false;
			this.network.close();
		}
	}

	@Override
	public void release() {
		this.network.release();
	}

}
