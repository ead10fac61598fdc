package io.securestreams.transport.mqtt;

import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.mqtt.flow.UselessPackets;
import io.securestreams.transport.mqtt.frame.FrameReader;
import io.securestreams.transport.mqtt.frame.FrameWriter;
import io.securestreams.transport.mqtt.frame.MqttProperties;
import io.securestreams.transport.mqtt.frame.MqttViolation;
import io.securestreams.transport.mqtt.wire.LifeSigns;
import io.securestreams.transport.mqtt.wire.Wire;
import io.securestreams.transport.mqtt.wire.WireListener;
import io.securestreams.transport.mqtt.settings.BrokerLimits;
import io.securestreams.transport.mqtt.settings.ConnectRefusal;

/**
 * The network connection of a session, one after another: from opening a wire over
 * CONNECT and CONNACK to its end. On the session's executor.
 */
final class BrokerConnection implements WireListener {

	private static final Logger log = LoggerFactory.getLogger(BrokerConnection.class);

	/**
	 * Answers that wait for the end of a long message: more bytes than they need if there
	 * is one for each packet identifier.
	 */
	private static final int MAX_WAITING = 512 * 1024;

	private final BrokerSession session;

	private State state = State.IDLE;

	private @Nullable Runnable cancel;

	private @Nullable Wire wire;

	private @Nullable FrameReader reader;

	private @Nullable LifeSigns life;

	private StreamExecutor.@Nullable Timer deadline;

	private @Nullable ConnectionTimings timings;

	private long upSinceNanos;

	private final UselessPackets useless;

	/** Why the broker refuses the connection, as the log has it, 0 if it does not. */
	private int refused;

	private final ConnectionOutput output;

	BrokerConnection(BrokerSession session) {
		this.session = session;
		this.useless = new UselessPackets(session.limits().maxUseless());
		this.output = new ConnectionOutput(session);
	}

	ByteBufAllocator alloc() {
		Wire current = this.wire;
		return (current != null) ? current.alloc() : this.session.executor().allocator();
	}

	/** Name of the broker, empty without a wire. */
	String peer() {
		Wire current = this.wire;
		return (current != null) ? current.peer() : "";
	}

	/** Whether there is neither a connection nor an attempt. */
	boolean isIdle() {
		return this.state == State.IDLE;
	}

	ConnectionOutput output() {
		return this.output;
	}

	boolean isUp() {
		return this.state == State.UP;
	}

	boolean isOpen() {
		return this.wire != null;
	}

	/**
	 * Whether the streams of an application that has just started may still be coming.
	 */
	boolean isYoung() {
		return !isOver(this.upSinceNanos);
	}

	/** Whether what was to come since then has had its time, all of it connected. */
	boolean isOver(long sinceNanos) {
		long now = this.session.executor().nanoTime();
		return Math.min(now - sinceNanos, now - this.upSinceNanos) >= this.session.limits().unclaimedTime().toNanos();
	}

	void read(boolean wanted) {
		if (this.wire != null) {
			this.wire.read(wanted);
		}
	}

	/** Connects on behalf of a stream. */
	void open(ClientLink first) {
		this.state = State.OPENING;
		this.timings = null;
		this.life = new LifeSigns(first, this.session.settings().keepAliveSeconds(), this::ping, this::hangUp);
		this.cancel = this.session.open(first, this);
	}

	/** Nobody needs the connection any more; a long message may be broken off. */
	void end(boolean broken) {
		Wire current = this.wire;
		FrameWriter writer = this.output.writer();
		Runnable opening = this.cancel;
		if (this.state == State.CLOSING) {
			return;
		}
		if (this.state == State.UP && !broken && writer != null && current != null) {
			writer.disconnect(0);
			this.output.flush();
			down();
			this.state = State.CLOSING;
			this.wire = current;
			current.finish();
			return;
		}
		down();
		this.state = State.IDLE;
		if (opening != null) {
			opening.run();
		}
		if (current != null) {
			current.close();
		}
		this.session.idle();
	}

	private void down() {
		stopTimer();
		if (this.life != null) {
			this.life.stop();
		}
		this.cancel = null;
		this.wire = null;
		if (this.reader != null) {
			this.reader.close();
			this.reader = null;
		}
		this.output.down();
		this.session.down();
	}

	private void stopTimer() {
		if (this.deadline != null) {
			this.deadline.cancel();
			this.deadline = null;
		}
	}

	@Override
	public void opened(Wire opened, ConnectionTimings connecting) {
		this.cancel = null;
		this.wire = opened;
		this.timings = connecting;
		this.state = State.GREETING;
		this.useless.reset();
		this.reader = new FrameReader(opened.alloc(), this.session.isVersion5(), this.session.limits().maxPacketSize(),
				new BrokerPackets(this.session, this));
		FrameWriter writer = this.output.open(opened, this.session.isVersion5(), this.life);
		this.deadline = this.session.executor()
			.schedule(this::overdue, this.session.limits().connectTimeout().toMillis());
		writer.connect(this.session.connectPacket());
		opened.read(true);
		this.output.flush();
	}

	private void overdue() {
		this.deadline = null;
		fail(Phase.HANDSHAKE, "no CONNACK within " + this.session.limits().connectTimeout().toMillis() + " ms", null);
	}

	@Override
	public void failed(StreamFailure failure, ConnectionTimings connecting) {
		this.cancel = null;
		this.timings = connecting;
		lost(failure);
	}

	/** CONNACK. */
	void greeted(boolean sessionPresent, int code, MqttProperties properties) throws MqttViolation {
		FrameWriter writer = this.output.writer();
		if (this.state != State.GREETING || writer == null) {
			throw new MqttViolation(MqttViolation.PROTOCOL_ERROR, "a second CONNACK");
		}
		stopTimer();
		if (code != 0) {
			refused(code, ConnectRefusal.of(code, properties, peer(), this.session.settings()));
			return;
		}
		this.refused = 0;
		if (sessionPresent && !this.session.isKept()) {
			throw new MqttViolation(MqttViolation.PROTOCOL_ERROR, "CONNACK with a session that was to start afresh");
		}
		BrokerLimits limits = BrokerLimits.of(properties, this.session.isVersion5());
		this.state = State.UP;
		this.upSinceNanos = this.session.executor().nanoTime();
		if (this.life != null) {
			this.life.start((int) properties.number(MqttProperties.SERVER_KEEP_ALIVE, -1));
		}
		this.session.up(writer, sessionPresent, limits);
	}

	/** Told once, for the attempts that follow will mostly be refused as well. */
	private void refused(int code, StreamFailure failure) {
		if (this.refused != code) {
			this.refused = code;
			log.warn("[{}] {}", this.session, failure.message());
		}
		breakWith(failure, 0);
	}

	/** DISCONNECT of the broker. */
	void disconnected(int reason, MqttProperties properties) {
		breakWith(ConnectRefusal.later(reason, properties, peer(), this.session.settings()), 0);
	}

	/** How long connecting took; others have paid for a connection that is shared. */
	@Nullable ConnectionTimings takeTimings() {
		ConnectionTimings taken = this.timings;
		this.timings = null;
		return taken;
	}

	/** The application has seen that the broker is alive. */
	void confirmValidity() {
		if (this.life != null && this.state == State.UP) {
			this.life.received();
		}
	}

	UselessPackets useless() {
		return this.useless;
	}

	@Override
	public void received(ByteBuf bytes) {
		FrameReader current = this.reader;
		if (current == null) {
			return;
		}
		this.session.turns().reading(true);
		try {
			current.read(bytes);
			FrameWriter writer = this.output.writer();
			if (writer != null && writer.waiting() > MAX_WAITING) {
				throw new MqttViolation(MqttViolation.MESSAGE_RATE_TOO_HIGH,
						"more than " + MAX_WAITING + " bytes of answers wait for the end of a long message");
			}
		}
		catch (MqttViolation ex) {
			this.session.turns().reading(false);
			breakWith(StreamFailure.sent(Phase.PROTOCOL, "the broker broke the protocol: " + ex.getMessage(), peer(),
					null), ex.reason());
		}
		// The indices are moved while a packet is looked at, so this comes last
		if (this.wire != null && !this.wire.isWritable()) {
			this.wire.read(false);
		}
	}

	@Override
	public void receivedAll() {
		this.session.turns().reading(false);
		if (this.life != null) {
			this.life.received();
		}
		this.session.turns().serve();
		this.output.flush();
	}

	@Override
	public void writable() {
		this.session.turns().soon();
		if (!this.session.gate().isStopped()) {
			read(true);
		}
	}

	@Override
	public void flushed() {
		this.output.flushed();
		this.session.turns().schedule();
	}

	private void ping() {
		FrameWriter writer = this.output.writer();
		// Payload that goes on is a sign of life of ours as well
		if (writer != null && !writer.isUnfinished()) {
			writer.ping();
			this.output.flush();
		}
	}

	private void hangUp() {
		if (this.session.gate().isStopped() && this.life != null) {
			// A sign of life may be waiting behind what is not read
			this.life.extend();
			return;
		}
		fail(Phase.VALIDITY, "no sign of life from the broker in time", null);
	}

	/** Ends the connection because of a failure. */
	void fail(Phase phase, String message, @Nullable Throwable cause) {
		breakWith(StreamFailure.sent(phase, message, peer(), cause), 0);
	}

	private void breakWith(StreamFailure failure, int reason) {
		Wire current = this.wire;
		if (current != null) {
			if (this.state == State.UP && this.output.writer() != null && reason != 0) {
				this.output.writer().disconnect(reason);
				this.output.flush();
			}
			current.close();
		}
		lost(failure);
	}

	@Override
	public void lost(StreamFailure failure) {
		if (this.state == State.CLOSING) {
			finished();
			return;
		}
		boolean established = this.state == State.UP;
		List<MqttClientTransport> all = this.session.leaveAll();
		down();
		this.state = State.IDLE;
		StreamFailure told = established ? failure : new StreamFailure(failure.phase(), failure.message(),
				failure.endpoint(), failure.cause(), true, failure.retryAfter());
		all.stream().filter(this.session::hasLeft).forEach((member) -> member.lost(told));
		if (this.state == State.IDLE) {
			this.session.idle();
		}
	}

	@Override
	public void finished() {
		this.wire = null;
		this.state = State.IDLE;
		this.session.finished();
	}

	/** The engine ends: closes at once. */
	void close() {
		if (this.wire != null) {
			this.wire.close();
		}
		if (this.state == State.CLOSING) {
			// Those who have come meanwhile do not get another connection
			this.wire = null;
			this.state = State.OPENING;
		}
		lost(StreamFailure.sent(Phase.APPLICATION, "the engine has been shut down", "", null));
	}

	private enum State {

		/** No connection. */
		IDLE,
		/** The wire is being opened. */
		OPENING,
		/** CONNECT has been sent. */
		GREETING,
		/** CONNACK has come. */
		UP,
		/** DISCONNECT has been sent. */
		CLOSING

	}

}
