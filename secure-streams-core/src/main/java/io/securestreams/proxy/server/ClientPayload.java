package io.securestreams.proxy.server;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.ProxyBuffers;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.proxy.server.payload.AskedBodies;
import io.securestreams.proxy.server.payload.Buffers;
import io.securestreams.proxy.server.payload.Overdraft;
import io.securestreams.proxy.server.payload.SentFrames;
import io.securestreams.proxy.server.payload.TxQueue;
import io.securestreams.proxy.wire.LengthHint;
import io.securestreams.proxy.wire.PayloadFlag;
import io.securestreams.proxy.wire.TxPayload;
import io.securestreams.stream.DetachedSlot;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.transport.loop.ChannelTask;

/**
 * The way of what a client sends to the onward connection: waits there, and makes the
 * client wait when that is too much. On the link's event loop.
 */
final class ClientPayload {

	private final ProxyLink link;

	private final SecureStream stream;

	private final TxQueue queue;

	private final boolean messages;

	private final boolean takesLength;

	private final boolean takesPayload;

	/** Each message is answered by itself, some on a later connection. */
	private final boolean answersMessages;

	private final @Nullable SentFrames sent;

	private final Runnable settle;

	private final Overdraft.Share overdraft;

	private final AskedBodies bodies = new AskedBodies();

	/** The last payload was not the end of its message. */
	private boolean insideMessage;

	/**
	 * The rest of a message whose connection is gone goes nowhere; nor does what comes
	 * before the next connection where there are no messages.
	 */
	private boolean skipping;

	private boolean settling;

	/** A slot has been asked for, and the connection for it is there. */
	private boolean requested;

	/** The last slot, if it was filled away from the onward connection's event loop. */
	private @Nullable DetachedSlot handedOver;

	ClientPayload(ProxyLink link, SecureStream stream, @Nullable StreamPolicy policy) {
		this.link = link;
		this.stream = stream;
		Protocol protocol = (policy != null) ? policy.protocol().protocol() : Protocol.RAW;
		this.messages = protocol != Protocol.RAW;
		this.takesLength = protocol.isHttp() || protocol == Protocol.MQTT;
		this.answersMessages = protocol == Protocol.MQTT;
		this.takesPayload = !(policy != null && policy.protocol() instanceof HttpPolicy http
				&& (http.method().equals("GET") || http.method().equals("HEAD")));
		this.sent = this.takesLength
				? new SentFrames(this.answersMessages ? SentFrames.ALL_ANSWERED : SentFrames.FEW_ANSWERED) : null;
		ProxyBuffers buffers = (policy != null) ? policy.proxyBuffers() : ProxyBuffers.DEFAULTS;
		this.queue = new TxQueue(this.messages, Buffers.proxy(buffers));
		this.overdraft = link.overdraft().share();
		this.settle = ChannelTask.of(link::channel, this::settle);
	}

	/** The client has sent some. */
	void add(TxPayload payload) {
		if (this.bodies.isLate()) {
			return;
		}
		boolean start = (payload.flags() & PayloadFlag.SOM) != 0;
		if (this.skipping && start && this.messages) {
			this.skipping = false;
		}
		this.insideMessage = (payload.flags() & PayloadFlag.EOM) == 0;
		int frame = this.link.framesRead() - (payload.isLast() ? 1 : 0);
		if (this.skipping || !this.takesPayload) {
			if (this.answersMessages && !this.insideMessage && this.sent != null) {
				this.sent.dropped(frame);
			}
			return;
		}
		this.queue.add(payload, frame, this.link.readCapacity());
		if (this.queue.isEmpty()) {
			return;
		}
		if (!this.requested) {
			this.stream.requestTx();
			this.requested = isAsking() && isConnected();
		}
		if (!this.settling) {
			this.settling = true;
			this.link.loop().execute(this.settle);
		}
		if (this.queue.isFull() && !(isConnected() && this.overdraft.allows(this.queue.excess()))) {
			this.link.reading(false);
		}
	}

	private boolean isConnected() {
		return this.stream.state() == StreamState.CONNECTED;
	}

	/** Whether what is read now goes on at once, as far as is known. */
	boolean isFlowing() {
		return this.queue.isEmpty() && isConnected() && !this.overdraft.isUsedUp();
	}

	/** What was read together has had the chance to go on together. */
	private void settle() {
		this.settling = false;
		this.queue.settle();
		if (this.queue.isFull() && this.link.isOpen()) {
			this.link.reading(false);
		}
	}

	/**
	 * Whether a slot that has been asked for comes, unless the state changes. With
	 * transactions it may be for the next one.
	 */
	private boolean isAsking() {
		return !this.takesLength && !this.queue.isEmpty();
	}

	/** What was asked for may be void. */
	void stateChanged() {
		this.requested = false;
	}

	/** The client has said how much is going to come. */
	void hint(LengthHint hint) {
		this.bodies.expect();
		if (hint.bytes() == LengthHint.UNKNOWN) {
			this.stream.requestTx();
		}
		else if (this.takesLength) {
			this.stream.requestTx(hint.length());
		}
	}

	/** The onward connection takes payload. */
	void fill(TxSlot slot) {
		long frame = this.queue.fill(slot);
		if (frame >= 0 && this.sent != null) {
			this.sent.sent(slot.ordinal(), (int) frame);
		}
		this.handedOver = (slot instanceof DetachedSlot detached) ? detached : null;
		this.requested = isAsking();
		if (!this.queue.isEmpty()) {
			this.stream.requestTx();
		}
		this.overdraft.allows(this.queue.excess());
		resumeReading();
	}

	/**
	 * Which of the client's frames an acknowledgement is about.
	 * @param slot its ordinal, of a slot
	 */
	int acknowledged(long slot) {
		int frame = (this.sent != null) ? this.sent.take(slot) : SentFrames.NONE;
		return (frame == SentFrames.NONE && !this.answersMessages) ? (int) slot : frame;
	}

	/**
	 * Takes the next message whose end the peer has never been given.
	 * @return number of its last frame, {@code null} if there is none
	 */
	@Nullable Integer nextDropped() {
		return (this.sent != null) ? this.sent.nextDropped() : null;
	}

	/** Of HTTP: which of the client's payload is for which request. */
	AskedBodies bodies() {
		return this.bodies;
	}

	/** The client knows that the last connection is gone. */
	void wantsConnection() {
		this.bodies.expect();
		this.skipping = false;
	}

	/** There is another connection. */
	void connected() {
		if (!this.messages) {
			this.skipping = false;
		}
	}

	/** What was for a connection that is gone is not for the next one. */
	void forget() {
		this.bodies.end();
		if (this.answersMessages && this.sent != null) {
			forgetHandedOver(this.sent);
			this.queue.ends(this.sent::dropped);
		}
		else if (this.sent != null) {
			this.sent.clear();
		}
		empty();
		this.skipping = !this.messages || this.insideMessage;
		resumeReading();
	}

	/** What was on its way to the other event loop when the connection ended. */
	private void forgetHandedOver(SentFrames answered) {
		DetachedSlot slot = this.handedOver;
		this.handedOver = null;
		int frame = (slot != null && slot.isVoid()) ? answered.take(slot.ordinal()) : SentFrames.NONE;
		if (frame != SentFrames.NONE) {
			answered.dropped(frame);
		}
	}

	private void resumeReading() {
		if (this.queue.hasRoom() && this.link.isOpen() && !this.link.isReading()) {
			this.link.reading(true);
		}
	}

	private void empty() {
		this.queue.clear();
		this.requested = false;
		this.overdraft.allows(0);
	}

	/** Lets go of everything. */
	void clear() {
		empty();
		if (this.sent != null) {
			this.sent.clear();
		}
	}

	long queued() {
		return this.queue.size();
	}

}
