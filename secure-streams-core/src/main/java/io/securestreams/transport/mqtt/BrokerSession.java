package io.securestreams.transport.mqtt;

import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.limits.MqttLimits;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.mqtt.frame.FrameWriter;
import io.securestreams.transport.mqtt.wire.WireListener;
import io.securestreams.transport.mqtt.settings.BrokerLimits;
import io.securestreams.transport.mqtt.settings.ConnectSettings;
import io.securestreams.transport.mqtt.flow.PacketIds;
import io.securestreams.transport.mqtt.frame.ConnectPacket;

/**
 * What streams with equal settings share: a session with a broker, over one network
 * connection after another. Knows who its members are; everything else is in its parts.
 * On one executor.
 */
final class BrokerSession {

	private final BrokerSessions sessions;

	private final StreamExecutor executor;

	private final MqttLimits limits;

	private final Set<MqttClientTransport> members = new LinkedHashSet<>();

	private final Map<ClientLink, StreamOwner> owners = new IdentityHashMap<>();

	private final BrokerConnection connection;

	private final SessionTurns turns;

	private final ReadGate gate;

	private final Outbox outbox;

	private final Absentees absentees;

	private final Deliveries deliveries;

	private final Subscriptions subscriptions;

	private final BirthMessage birth;

	private ConnectSettings settings;

	private @Nullable BrokerLimits can;

	BrokerSession(BrokerSessions sessions, ConnectSettings settings, StreamExecutor executor, MqttLimits limits) {
		this.sessions = sessions;
		this.settings = settings;
		this.executor = executor;
		this.limits = limits;
		PacketIds ids = new PacketIds();
		this.connection = new BrokerConnection(this);
		this.turns = new SessionTurns(this, this.connection);
		this.gate = new ReadGate(this, this.connection);
		this.outbox = new Outbox(limits, ids);
		this.absentees = new Absentees(this);
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

	BrokerConnection connection() {
		return this.connection;
	}

	SessionTurns turns() {
		return this.turns;
	}

	ReadGate gate() {
		return this.gate;
	}

	Outbox outbox() {
		return this.outbox;
	}

	Absentees absentees() {
		return this.absentees;
	}

	Deliveries deliveries() {
		return this.deliveries;
	}

	Subscriptions subscriptions() {
		return this.subscriptions;
	}

	boolean hasMembers() {
		return !this.members.isEmpty();
	}

	Set<MqttClientTransport> members() {
		return this.members;
	}

	/** Whether there is neither a connection nor an attempt. */
	boolean isIdle() {
		return this.connection.isIdle();
	}

	/** Whether the broker is asked to remember the session. */
	boolean isKept() {
		return !this.settings.cleanStart();
	}

	boolean isVersion5() {
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

	/** Whether a stream is there, connected or not. */
	boolean knows(ClientLink link) {
		return this.owners.containsKey(link);
	}

	StreamOwner owner(MqttClientTransport member) {
		StreamOwner owner = this.owners.computeIfAbsent(member.link(), this.sessions::owner);
		owner.member(member);
		return owner;
	}

	/** A stream is gone, or has another transport, which is going to say so. */
	void released(MqttClientTransport member, StreamOwner owner) {
		MqttClientTransport current = owner.member();
		if (current == member) {
			this.owners.remove(member.link());
			this.absentees.remove(member.link());
			this.sessions.gone(member.link());
			owner.gone();
			this.sessions.idle(this);
		}
		else if (current != null && !current.wasIn(this)) {
			moved(member.link(), owner);
		}
	}

	/** A stream goes on in another session: here it is not going to hear any more. */
	void moved(ClientLink link, StreamOwner owner) {
		this.owners.remove(link);
		this.absentees.remove(link);
		if (!hasMembers()) {
			this.outbox.disown(owner);
		}
		this.sessions.idle(this);
	}

	/** A stream connects. */
	void join(MqttClientTransport member) {
		this.members.add(member);
		this.absentees.remove(member.link());
		this.subscriptions.book().register(member);
		if (this.connection.isIdle()) {
			this.connection.open(member.link());
		}
		else if (this.connection.isUp() && !object(member)) {
			attach(member, true);
			this.gate.resume();
		}
	}

	Runnable open(ClientLink link, WireListener listener) {
		return this.sessions.services().wires().open(link, listener);
	}

	ConnectPacket connectPacket() {
		return this.sessions.connectPacket(this.settings);
	}

	/** A stream lets go. */
	void leave(MqttClientTransport member) {
		if (!this.members.remove(member)) {
			return;
		}
		boolean broken = this.outbox.isStreaming(member);
		this.outbox.leave(member);
		this.birth.leave(member);
		this.turns.leave(member);
		this.absentees.add(member);
		this.deliveries.leave(member, this.connection.isUp() && hasMembers());
		this.subscriptions.leave(member);
		if (!hasMembers()) {
			this.connection.end(broken);
		}
		else if (broken) {
			this.connection.fail(Phase.CONNECTION, "another stream ended in the middle of a long message", null);
		}
		else {
			this.gate.resume();
		}
	}

	/** The connection is lost, and with it all streams. */
	List<MqttClientTransport> leaveAll() {
		List<MqttClientTransport> all = List.copyOf(this.members);
		all.forEach((member) -> {
			this.absentees.add(member);
			this.deliveries.leave(member, false);
			this.subscriptions.leave(member);
		});
		this.members.clear();
		return all;
	}

	/**
	 * Whether a stream has still to be told that its connection is lost: others that were
	 * told may have disconnected it, and connected it again.
	 */
	boolean hasLeft(MqttClientTransport member) {
		return member.isIn(this) && !this.members.contains(member);
	}

	/** The connection is no more. */
	void down() {
		this.turns.down();
		this.gate.down();
		this.birth.down();
		this.outbox.down(isKept());
		this.absentees.down();
		this.subscriptions.down();
		this.deliveries.down();
	}

	/** Neither a connection nor an attempt. */
	void idle() {
		this.sessions.idle(this);
	}

	/** The connection has ended in order. */
	void finished() {
		if (hasMembers()) {
			this.connection.open(this.members.iterator().next().link());
		}
		else {
			idle();
		}
	}

	/** The broker has accepted the connection. */
	void up(FrameWriter writer, boolean sessionPresent, BrokerLimits limiting) {
		this.can = limiting;
		writer.topicAliases(limiting.topicAliases());
		this.deliveries.up(writer, sessionPresent);
		this.outbox.up(writer, sessionPresent, isKept(), limiting);
		this.subscriptions.up(writer, sessionPresent, limiting.identifiers());
		// Nobody is to rely on a filter that the broker does not take
		for (MqttClientTransport member : List.copyOf(this.members)) {
			if (this.connection.isUp() && this.members.contains(member)) {
				object(member);
			}
		}
		for (MqttClientTransport member : List.copyOf(this.members)) {
			if (this.connection.isUp() && this.members.contains(member)) {
				attach(member, false);
			}
		}
	}

	/** One that the broker cannot serve has to leave. */
	private boolean object(MqttClientTransport member) {
		BrokerLimits limiting = this.can;
		String objection = (limiting != null) ? limiting.objection(member.policy(), member.birth(), member.filters())
				: null;
		if (objection != null) {
			member.objected(objection);
		}
		return objection != null;
	}

	private void attach(MqttClientTransport member, boolean late) {
		member.subscribing();
		this.subscriptions.join(member, late);
	}

	/** A stream has its subscriptions. */
	void subscribed(MqttClientTransport member) {
		this.birth.publish(member);
	}

	/** A stream has more of a message than can be held: it has its subscription. */
	void proven(MqttClientTransport member) {
		this.birth.publish(member);
		if (member.isIn(this)) {
			ready(member);
		}
	}

	/** Everything is done that comes before a stream is connected. */
	void ready(MqttClientTransport member) {
		if (this.connection.isOpen()) {
			member.connected(this.connection.peer());
			if (member.inbox().isDue()) {
				this.turns.resumed(member);
			}
		}
	}

	/** A stream wants a slot. */
	void request(MqttClientTransport member) {
		this.outbox.request(member);
		this.turns.soon();
	}

	/** The engine ends: closes at once. */
	void close() {
		this.connection.close();
		release();
	}

	/** Gives back what it remembers. */
	void release() {
		this.outbox.release();
		this.deliveries.release();
	}

	/** Without anything that might be secret. */
	@Override
	public String toString() {
		return "mqtt " + this.settings.origin().address();
	}

}
