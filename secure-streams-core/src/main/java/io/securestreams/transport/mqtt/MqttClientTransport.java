package io.securestreams.transport.mqtt;

import java.util.List;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.TransportKind;
import io.securestreams.policy.MqttPolicy;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.mqtt.flow.IncomingMessage;
import io.securestreams.transport.mqtt.settings.ReceivedMetadata;
import io.securestreams.transport.mqtt.settings.PublishTopic;
import io.securestreams.transport.mqtt.settings.ConnectSettings;

/**
 * An MQTT client stream: a member of a session with a broker for as long as it is
 * connected, or wants to be.
 */
final class MqttClientTransport implements ClientTransport {

	private static final int NOT_AUTHORIZED = 0x87;

	private final ClientLink link;

	private final MqttPolicy policy;

	private final BrokerSessions sessions;

	private final Inbox inbox;

	private final OutgoingMessage outgoing;

	private final ReceivedMetadata received;

	private final WantedFilters filters;

	private ConnectSettings.@Nullable Message birth;

	/** While there is an attempt or a connection. */
	private @Nullable BrokerSession session;

	/** Of the last attempt too, for answers may come later. */
	private @Nullable BrokerSession lastSession;

	private @Nullable StreamOwner owner;

	private StreamExecutor.@Nullable Timer deadline;

	private boolean connected;

	private boolean wanted;

	/** Has asked the session for a turn. */
	private boolean queued;

	MqttClientTransport(ClientLink link, BrokerSessions sessions) {
		this.link = link;
		this.policy = (MqttPolicy) link.policy().protocol();
		this.sessions = sessions;
		this.inbox = new Inbox(this, sessions.services().limits().maxHeld());
		this.received = new ReceivedMetadata(link);
		this.filters = new WantedFilters(this, this.policy);
		this.outgoing = new OutgoingMessage(this, new PublishTopic(this.policy, link.metadata()),
				this.policy.qos() << 1 | (this.policy.retain() ? 1 : 0), sessions.services().limits().maxCollected());
	}

	@Override
	public TransportKind kind() {
		return TransportKind.MESSAGES;
	}

	@Override
	public void connect() {
		this.wanted = false;
		this.queued = false;
		this.inbox.reset();
		ConnectSettings settings;
		try {
			settings = ConnectSettings.of(this.link, this.sessions.services().blobs());
			this.filters.expand();
			this.birth = ConnectSettings.Message.of(this.policy.birth(), this.link.metadata());
		}
		catch (IllegalArgumentException ex) {
			this.link.closed(StreamFailure.unsent(Phase.POLICY, String.valueOf(ex.getMessage()),
					this.link.target().address().toString(), ex));
			return;
		}
		BrokerSession found = this.sessions.find(settings, this.link, filters(), this.lastSession);
		if (this.lastSession != null && this.lastSession != found && this.owner != null) {
			this.lastSession.moved(this.link, this.owner);
		}
		this.session = found;
		this.lastSession = found;
		this.owner = found.owner(this);
		found.join(this);
	}

	ClientLink link() {
		return this.link;
	}

	Inbox inbox() {
		return this.inbox;
	}

	/** What the policy subscribes to. */
	List<String> filters() {
		return this.filters.filters();
	}

	WantedFilters wanted() {
		return this.filters;
	}

	int qos() {
		return this.policy.qos();
	}

	MqttPolicy policy() {
		return this.policy;
	}

	ConnectSettings.@Nullable Message birth() {
		return this.birth;
	}

	StreamOwner owner() {
		StreamOwner current = this.owner;
		if (current == null) {
			throw new IllegalStateException("there has been no attempt");
		}
		return current;
	}

	boolean isIn(BrokerSession other) {
		return this.session == other;
	}

	/** Whether its current attempt, or the last one, was made there. */
	boolean wasIn(BrokerSession other) {
		return this.lastSession == other;
	}

	boolean isConnected() {
		return this.connected;
	}

	/** The broker is asked for the stream's subscriptions. */
	void subscribing() {
		stopTimer();
		long millis = this.sessions.services().limits().connectTimeout().toMillis();
		this.deadline = this.link.executor().schedule(() -> {
			this.deadline = null;
			evicted(StreamFailure.unsent(Phase.HANDSHAKE,
					"no answer to SUBSCRIBE or to the birth message within " + millis + " ms",
					this.link.target().address().toString(), null));
		}, millis);
	}

	/** The broker has granted the subscriptions. */
	void subscribed() {
		BrokerSession current = this.session;
		if (current != null && !this.connected) {
			current.subscribed(this);
		}
	}

	/** The broker does not grant a subscription. */
	void refused(String filter, int code) {
		String message = String.format("the broker refuses the subscription to %s with code 0x%02x", filter, code);
		String peer = this.link.target().address().toString();
		Phase phase = (code == NOT_AUTHORIZED) ? Phase.AUTH : Phase.HANDSHAKE;
		evicted(this.connected ? StreamFailure.sent(phase, message, peer, null)
				: StreamFailure.unsent(phase, message, peer, null));
	}

	/** The broker does not do what the stream needs. */
	void objected(String why) {
		evicted(StreamFailure.unsent(Phase.HANDSHAKE, why, this.link.target().address().toString(), null));
	}

	/** The stream is usable. */
	void connected(String peer) {
		if (this.connected) {
			return;
		}
		stopTimer();
		this.connected = true;
		this.link.connected(peer);
		if (this.connected && this.owner != null) {
			this.owner.settle(this);
		}
		if (this.wanted) {
			queue();
		}
	}

	/** The connection is gone; the session has forgotten the stream. */
	void lost(StreamFailure failure) {
		if (this.session != null) {
			ConnectionTimings timings = this.session.connection().takeTimings();
			reset();
			report(timings, failure);
		}
	}

	/** The stream has to leave its connection. */
	void evicted(StreamFailure failure) {
		BrokerSession current = this.session;
		if (current != null) {
			ConnectionTimings timings = current.connection().takeTimings();
			reset();
			current.leave(this);
			report(timings, failure);
		}
	}

	private void report(@Nullable ConnectionTimings timings, StreamFailure failure) {
		this.link.timings((timings != null) ? timings : new ConnectionTimings(null, 0, 0, 0, 0, 0, List.of(), null, 0));
		this.link.closed(failure);
	}

	private void reset() {
		stopTimer();
		this.session = null;
		this.connected = false;
		this.wanted = false;
		this.queued = false;
		this.outgoing.reset();
	}

	private void stopTimer() {
		if (this.deadline != null) {
			this.deadline.cancel();
			this.deadline = null;
		}
	}

	@Override
	public void requestWrite() {
		this.wanted = true;
		queue();
	}

	private void queue() {
		BrokerSession current = this.session;
		if (current != null && this.connected && !this.queued) {
			this.queued = true;
			current.request(this);
		}
	}

	/** Whether the broker remembers what the stream has not had. */
	boolean isRemembered() {
		BrokerSession current = this.session;
		return current != null && current.isKept();
	}

	/** Whether the next slot is for a new message that needs an acknowledgement. */
	boolean needsWindow() {
		return qos() > 0 && (this.outgoing.isWaiting() || !this.outgoing.isOpen());
	}

	/** It is this stream's turn. */
	void offer() {
		BrokerSession current = this.session;
		this.queued = false;
		if (current == null || !this.connected || this.outgoing.isHeld()) {
			return;
		}
		if (this.outgoing.isWaiting()) {
			this.outgoing.resume(current);
		}
		else if (this.wanted) {
			this.wanted = false;
			this.link.writable(this.sessions.services().limits().slotCapacity());
		}
		this.outgoing.afterSlot();
		if (this.wanted && !this.outgoing.isHeld()) {
			queue();
		}
	}

	/** Further subscriptions may have been granted that a message waits for. */
	void listening() {
		if (this.outgoing.isHeld()) {
			this.outgoing.unhold();
			queue();
		}
	}

	/** Does not listen to filters any more that are not the policy's. */
	void quit(List<String> answers) {
		BrokerSession current = this.session;
		if (current != null) {
			current.subscriptions().quit(this, answers);
		}
	}

	@Override
	public void write(ByteBuf payload, int flags, long ordinal) {
		BrokerSession current = this.session;
		if (current != null && this.connected) {
			this.outgoing.write(current, payload, flags, ordinal);
		}
		else {
			payload.release();
		}
	}

	/** The broker has answered, or nothing can be known of a message. */
	void answered(long ordinal, boolean accepted) {
		if (accepted) {
			this.link.acknowledged(ordinal);
		}
		else {
			this.link.rejected(ordinal);
		}
	}

	/** The handler is going to see a message. */
	void receiving(IncomingMessage message) {
		this.received.set(message.topic, message.properties);
	}

	@Override
	public void pauseReading() {
		this.inbox.pause();
	}

	@Override
	public void resumeReading() {
		if (this.inbox.resume() && this.session != null) {
			this.session.turns().resumed(this);
		}
	}

	@Override
	public void delivered() {
		BrokerSession current = this.session;
		IncomingMessage message = this.inbox.delivered();
		if (current == null || message == null) {
			return;
		}
		current.deliveries().delivered(message);
		this.filters.received(message.topic);
		if (this.inbox.isDue()) {
			current.turns().resumed(this);
		}
	}

	@Override
	public void handed() {
		this.inbox.handed();
	}

	@Override
	public void undelivered() {
		this.inbox.undelivered();
	}

	@Override
	public boolean isInFlight() {
		return this.outgoing.isOpen() || (this.owner != null && this.owner.isInFlight());
	}

	@Override
	public void confirmValidity() {
		if (this.session != null) {
			this.session.connection().confirmValidity();
		}
	}

	@Override
	public void close() {
		BrokerSession current = this.session;
		if (current != null) {
			reset();
			current.leave(this);
		}
	}

	/** Another transport may take over in the same turn, because the policy changes. */
	@Override
	public void release() {
		BrokerSession last = this.lastSession;
		StreamOwner known = this.owner;
		this.outgoing.reset();
		if (last != null && known != null) {
			this.link.executor().execute(() -> last.released(this, known));
		}
	}

}
