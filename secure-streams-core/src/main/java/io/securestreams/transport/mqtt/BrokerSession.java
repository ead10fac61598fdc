package io.securestreams.transport.mqtt;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.limits.MqttLimits;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.mqtt.frame.FrameReader;
import io.securestreams.transport.mqtt.frame.FrameWriter;
import io.securestreams.transport.mqtt.frame.MqttProperties;
import io.securestreams.transport.mqtt.frame.MqttViolation;

/**
 * What streams with equal settings share: a session with a broker, over one network
 * connection after another. Here is where that connection stands; everything else is in
 * its parts. On one executor.
 */
final class BrokerSession implements WireListener {

	/** After so many slots other connections of the event loop have their turn. */
	private static final int SLOTS_PER_TURN = 256;

	/** Pieces of held messages that a stream gets in one turn. */
	private static final int PIECES_PER_TURN = 64;

	private final BrokerSessions sessions;

	private final StreamExecutor executor;

	private final MqttLimits limits;

	private final Set<MqttClientTransport> members = new LinkedHashSet<>();

	private final Map<ClientLink, StreamOwner> owners = new IdentityHashMap<>();

	private final Outbox outbox;

	private final Deliveries deliveries;

	private final Subscriptions subscriptions;

	private final Runnable turn = this::turn;

	private final List<MqttClientTransport> resumed = new ArrayList<>();

	private final BirthMessage birth;

	private ConnectSettings settings;

	private State state = State.IDLE;

	private @Nullable Runnable cancel;

	private @Nullable Wire wire;

	private @Nullable FrameReader reader;

	private @Nullable FrameWriter out;

	private @Nullable LifeSigns life;

	private @Nullable BrokerLimits can;

	private StreamExecutor.@Nullable Timer deadline;

	private @Nullable ConnectionTimings timings;

	private boolean turnScheduled;

	private boolean reading;

	private boolean serving;

	/** Reading has been stopped for a stream that does not keep up. */
	private boolean stopped;

	private long upSinceNanos;

	private int useless;

	/** Turn after which the wire says when everything has left. */
	private long awaitedTurn;

	private boolean awaiting;

	BrokerSession(BrokerSessions sessions, ConnectSettings settings, StreamExecutor executor, MqttLimits limits) {
		this.sessions = sessions;
		this.settings = settings;
		this.executor = executor;
		this.limits = limits;
		PacketIds ids = new PacketIds();
		this.outbox = new Outbox(limits, ids);
		this.deliveries = new Deliveries(this);
		this.subscriptions = new Subscriptions(this, ids);
		this.birth = new BirthMessage(this);
	}

	ConnectSettings settings() {
		return this.settings;
	}

	/** The policy has changed: the same session by another way. */
	void settings(ConnectSettings next) {
		this.settings = next;
	}

	StreamExecutor executor() {
		return this.executor;
	}

	MqttLimits limits() {
		return this.limits;
	}

	Outbox outbox() {
		return this.outbox;
	}

	Deliveries deliveries() {
		return this.deliveries;
	}

	Subscriptions subscriptions() {
		return this.subscriptions;
	}

	ByteBufAllocator alloc() {
		Wire current = this.wire;
		return (current != null) ? current.alloc() : ByteBufAllocator.DEFAULT;
	}

	boolean hasMembers() {
		return !this.members.isEmpty();
	}

	Set<MqttClientTransport> members() {
		return this.members;
	}

	/** Whether there is neither a connection nor an attempt. */
	boolean isIdle() {
		return this.state == State.IDLE;
	}

	/** Whether the broker is asked to remember the session. */
	boolean isKept() {
		return !this.settings.cleanStart();
	}

	private boolean isVersion5() {
		return this.settings.options().isVersion5();
	}

	/** Whether there are streams that are connected, or may be again. */
	boolean isUsed() {
		return !this.owners.isEmpty();
	}

	/** Whether there is anything that has to be remembered. */
	boolean isWorthKeeping() {
		return isUsed() || (isKept() && !(this.outbox.isEmpty() && this.deliveries.isEmpty()));
	}

	/**
	 * Whether the streams of an application that has just started may still be coming.
	 */
	boolean isYoung() {
		return this.executor.nanoTime() - this.upSinceNanos < this.limits.unclaimedTime().toNanos();
	}

	StreamOwner owner(MqttClientTransport member) {
		StreamOwner owner = this.owners.computeIfAbsent(member.link(), (link) -> new StreamOwner());
		owner.member(member);
		return owner;
	}

	/** A stream is gone, or has another transport, which is going to say so. */
	void released(MqttClientTransport member, StreamOwner owner) {
		if (owner.isMember(member)) {
			this.owners.remove(member.link());
			owner.gone();
			this.sessions.idle(this);
		}
	}

	/** A stream connects. */
	void join(MqttClientTransport member) {
		this.members.add(member);
		this.subscriptions.register(member);
		if (this.state == State.IDLE) {
			open(member);
		}
		else if (this.state == State.UP) {
			attach(member, true);
			resumeReading();
		}
	}

	private void open(MqttClientTransport first) {
		this.state = State.OPENING;
		this.timings = null;
		this.life = new LifeSigns(first.link(), this.settings.keepAliveSeconds(), this::ping, this::hangUp);
		this.cancel = this.sessions.services().wires().open(first.link(), this);
	}

	/** A stream lets go. */
	void leave(MqttClientTransport member) {
		if (!this.members.remove(member)) {
			return;
		}
		boolean broken = this.outbox.isStreaming(member);
		this.outbox.leave(member);
		this.resumed.remove(member);
		this.deliveries.leave(member, this.state == State.UP && hasMembers());
		this.subscriptions.leave(member);
		if (!hasMembers()) {
			end(broken);
		}
		else if (broken) {
			fail(Phase.CONNECTION, "another stream ended in the middle of a long message", null);
		}
		else {
			resumeReading();
		}
	}

	private void end(boolean broken) {
		Wire current = this.wire;
		FrameWriter writer = this.out;
		boolean orderly = this.state == State.UP && !broken;
		Runnable opening = this.cancel;
		if (this.state == State.CLOSING) {
			return;
		}
		if (orderly && writer != null && current != null) {
			writer.disconnect(0);
			flush();
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
		this.sessions.idle(this);
	}

	/** The connection is no more. */
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
		if (this.out != null) {
			this.out.release();
			this.out = null;
		}
		this.stopped = false;
		this.awaiting = false;
		this.reading = false;
		this.resumed.clear();
		this.birth.down();
		this.outbox.down(isKept());
		this.subscriptions.down();
		this.deliveries.down();
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
		this.useless = 0;
		this.reader = new FrameReader(opened.alloc(), isVersion5(), this.limits.maxPacketSize(),
				new BrokerPackets(this));
		FrameWriter writer = new WireWriter(opened, isVersion5());
		this.out = writer;
		this.deadline = this.executor.schedule(this::overdue, this.limits.connectTimeout().toMillis());
		writer.connect(this.sessions.connectPacket(this.settings));
		opened.read(true);
		flush();
	}

	private void overdue() {
		this.deadline = null;
		fail(Phase.HANDSHAKE, "no CONNACK within " + this.limits.connectTimeout().toMillis() + " ms", null);
	}

	@Override
	public void failed(StreamFailure failure, ConnectionTimings connecting) {
		this.cancel = null;
		this.timings = connecting;
		lost(failure);
	}

	/** CONNACK. */
	void greeted(boolean sessionPresent, int code, MqttProperties properties) throws MqttViolation {
		Wire current = this.wire;
		FrameWriter writer = this.out;
		if (this.state != State.GREETING || current == null || writer == null) {
			throw new MqttViolation(MqttViolation.PROTOCOL_ERROR, "a second CONNACK");
		}
		stopTimer();
		if (code != 0) {
			breakWith(ConnectRefusal.of(code, properties, current.peer()), 0);
			return;
		}
		if (sessionPresent && !isKept()) {
			throw new MqttViolation(MqttViolation.PROTOCOL_ERROR, "CONNACK with a session that was to start afresh");
		}
		this.state = State.UP;
		this.upSinceNanos = this.executor.nanoTime();
		this.deliveries.up(writer, sessionPresent);
		BrokerLimits can = BrokerLimits.of(properties, isVersion5());
		this.can = can;
		writer.topicAliases(can.topicAliases());
		this.outbox.up(writer, sessionPresent, isKept(), can.receiveMaximum(), can.maximumPacketSize());
		this.subscriptions.up(writer, sessionPresent, can.identifiers());
		if (this.life != null) {
			this.life.start((int) properties.number(MqttProperties.SERVER_KEEP_ALIVE, -1));
		}
		for (MqttClientTransport member : List.copyOf(this.members)) {
			if (this.state == State.UP && this.members.contains(member)) {
				attach(member, false);
			}
		}
	}

	private void attach(MqttClientTransport member, boolean late) {
		BrokerLimits limiting = this.can;
		String objection = (limiting != null) ? limiting.objection(member) : null;
		if (objection != null) {
			member.objected(objection);
			return;
		}
		member.subscribing();
		this.subscriptions.join(member, late);
	}

	/** DISCONNECT of the broker. */
	void disconnected(int reason, MqttProperties properties) {
		Wire current = this.wire;
		breakWith(ConnectRefusal.later(reason, properties, (current != null) ? current.peer() : ""), 0);
	}

	/** A stream has its subscriptions. */
	void subscribed(MqttClientTransport member) {
		this.birth.publish(member);
	}

	/** Everything is done that comes before a stream is connected. */
	void ready(MqttClientTransport member) {
		Wire current = this.wire;
		if (current != null) {
			member.connected(current.peer());
			if (member.inbox().isDue()) {
				resumed(member);
			}
		}
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

	/** A stream wants a slot. */
	void request(MqttClientTransport member) {
		this.outbox.request(member);
		if (!this.reading && !this.serving) {
			scheduleTurn();
		}
	}

	/** A stream takes what has been held for it, in the next turn. */
	void resumed(MqttClientTransport member) {
		if (!this.resumed.contains(member)) {
			this.resumed.add(member);
		}
		scheduleTurn();
	}

	/** Something has been written that has to be sent. */
	void written() {
		if (!this.reading && !this.serving) {
			scheduleTurn();
		}
	}

	/** A packet of no use has come. */
	void useless() throws MqttViolation {
		if (++this.useless > this.limits.maxUseless()) {
			throw new MqttViolation(MqttViolation.MESSAGE_RATE_TOO_HIGH,
					"more than " + this.limits.maxUseless() + " packets of no use");
		}
	}

	/** A packet of use has come. */
	void useful() {
		if (this.useless > 0) {
			this.useless--;
		}
	}

	@Override
	public void received(ByteBuf bytes) {
		FrameReader current = this.reader;
		if (current == null) {
			return;
		}
		this.reading = true;
		try {
			current.read(bytes);
		}
		catch (MqttViolation ex) {
			this.reading = false;
			Wire broken = this.wire;
			breakWith(StreamFailure.sent(Phase.PROTOCOL, "the broker broke the protocol: " + ex.getMessage(),
					(broken != null) ? broken.peer() : "", null), ex.reason());
		}
		// The indices are moved while a packet is looked at, so this comes last
		if (this.wire != null && !this.wire.isWritable()) {
			this.wire.read(false);
		}
	}

	@Override
	public void receivedAll() {
		this.reading = false;
		if (this.life != null) {
			this.life.received();
		}
		serve();
		flush();
	}

	@Override
	public void writable() {
		if (!this.reading && !this.serving) {
			scheduleTurn();
		}
		if (this.wire != null && !this.stopped) {
			this.wire.read(true);
		}
	}

	@Override
	public void flushed() {
		this.outbox.flushed(this.awaitedTurn);
		this.awaiting = false;
		scheduleTurn();
	}

	/** Whether a stream may be given a message that is coming in. */
	boolean hasRoom(MqttClientTransport target, int qos) {
		return qos > 0 || this.members.size() == 1 || target.inbox().heldBytes() < this.limits.maxHeld();
	}

	/** A stream has been given a piece; what it does not take is held, up to a point. */
	void taken(MqttClientTransport target) {
		Wire current = this.wire;
		if (target.inbox().heldBytes() <= this.limits.maxHeld() || current == null) {
			return;
		}
		if (this.members.size() == 1) {
			this.stopped = true;
			current.read(false);
		}
		else {
			target.evicted(
					StreamFailure.sent(Phase.CONNECTION,
							"the stream does not keep up with the broker: more than " + this.limits.maxHeld()
									+ " bytes are waiting for it, and others share the connection",
							current.peer(), null));
		}
	}

	private void resumeReading() {
		Wire current = this.wire;
		if (this.stopped && current != null) {
			for (MqttClientTransport member : this.members) {
				if (this.members.size() == 1 && member.inbox().heldBytes() > this.limits.maxHeld() / 2) {
					return;
				}
			}
			this.stopped = false;
			current.read(true);
		}
	}

	private void turn() {
		this.turnScheduled = false;
		if (this.state == State.UP) {
			takeHeld();
			serve();
		}
		flush();
	}

	private void takeHeld() {
		for (MqttClientTransport member : List.copyOf(this.resumed)) {
			this.resumed.remove(member);
			if (this.members.contains(member) && member.inbox().drain(PIECES_PER_TURN)
					&& this.members.contains(member)) {
				resumed(member);
			}
		}
		resumeReading();
	}

	private void serve() {
		if (this.serving || this.state != State.UP) {
			return;
		}
		this.serving = true;
		try {
			int slots = SLOTS_PER_TURN;
			while (this.state == State.UP && isWritable()) {
				MqttClientTransport next = this.outbox.next();
				if (next == null) {
					return;
				}
				next.offer();
				if (--slots == 0) {
					scheduleTurn();
					return;
				}
			}
		}
		finally {
			this.serving = false;
		}
	}

	private boolean isWritable() {
		Wire current = this.wire;
		if (current == null) {
			return false;
		}
		if (!current.isWritable()) {
			flush();
		}
		return current.isWritable();
	}

	private void flush() {
		FrameWriter writer = this.out;
		Wire current = this.wire;
		if (writer == null || current == null || !writer.endTurn()) {
			return;
		}
		long number = this.outbox.endTurn();
		if (this.life != null) {
			this.life.sent();
		}
		current.flush();
		if (!this.outbox.hasUnflushed()) {
			return;
		}
		if (current.isFlushed()) {
			this.outbox.flushed(number);
			if (this.outbox.isDue()) {
				scheduleTurn();
			}
		}
		else if (!this.awaiting) {
			this.awaiting = true;
			this.awaitedTurn = number;
			current.awaitFlushed();
		}
	}

	private void ping() {
		FrameWriter writer = this.out;
		if (writer != null) {
			writer.ping();
			flush();
		}
	}

	private void hangUp() {
		if (this.stopped && this.life != null) {
			// A sign of life may be waiting behind what is not read
			this.life.extend();
			return;
		}
		fail(Phase.VALIDITY, "no sign of life from the broker in time", null);
	}

	private void fail(Phase phase, String message, @Nullable Throwable cause) {
		Wire current = this.wire;
		breakWith(StreamFailure.sent(phase, message, (current != null) ? current.peer() : "", cause), 0);
	}

	/** Ends the connection because of a failure. */
	void breakWith(StreamFailure failure, int reason) {
		Wire current = this.wire;
		if (current != null) {
			if (this.state == State.UP && this.out != null && reason != 0) {
				this.out.disconnect(reason);
				flush();
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
		List<MqttClientTransport> all = List.copyOf(this.members);
		all.forEach((member) -> {
			this.deliveries.leave(member, false);
			this.subscriptions.leave(member);
		});
		this.members.clear();
		down();
		this.state = State.IDLE;
		StreamFailure told = established ? failure : new StreamFailure(failure.phase(), failure.message(),
				failure.endpoint(), failure.cause(), true, failure.retryAfter());
		all.forEach((member) -> member.lost(told));
		if (this.state == State.IDLE) {
			this.sessions.idle(this);
		}
	}

	@Override
	public void finished() {
		this.wire = null;
		this.state = State.IDLE;
		if (hasMembers()) {
			open(this.members.iterator().next());
		}
		else {
			this.sessions.idle(this);
		}
	}

	/** The engine ends: closes at once. */
	void close() {
		if (this.wire != null) {
			this.wire.close();
		}
		lost(StreamFailure.sent(Phase.APPLICATION, "the engine has been shut down", "", null));
		this.outbox.release();
	}

	private void scheduleTurn() {
		if (!this.turnScheduled) {
			this.turnScheduled = true;
			this.executor.execute(this.turn);
		}
	}

	/** Without anything that might be secret. */
	@Override
	public String toString() {
		return "mqtt " + this.settings.origin().address();
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
