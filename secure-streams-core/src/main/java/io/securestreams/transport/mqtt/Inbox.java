package io.securestreams.transport.mqtt;

import java.util.ArrayDeque;
import java.util.Deque;

import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.transport.mqtt.flow.GivenPieces;
import io.securestreams.transport.mqtt.flow.IncomingMessage;
import io.securestreams.transport.mqtt.flow.MessagePiece;

/**
 * What has been received for one stream: passed on at once, or held while the stream is
 * not connected, paused, or has not had the message before. On the session's executor.
 */
final class Inbox {

	private final MqttClientTransport member;

	private final Deque<MessagePiece> held = new ArrayDeque<>(0);

	private int heldBytes;

	private boolean paused;

	private boolean passing;

	/** Passed on to its end; the handler has not had it yet. */
	private @Nullable IncomingMessage awaited;

	/** The handler has begun with it and paused, to go on in its own time. */
	private boolean handed;

	/** All of that, if it came in one piece. */
	private @Nullable ByteBuf whole;

	/** Only as long as it is being passed on. */
	private boolean borrowed;

	private int wholeIndex;

	private int wholeLength;

	/** What has been passed on of a message in several pieces, to be given again. */
	private final GivenPieces given;

	/** The last one that the handler has had. */
	private @Nullable IncomingMessage had;

	/** In the middle of being passed on. */
	private @Nullable IncomingMessage begun;

	/**
	 * @param member the stream
	 * @param maxGiven bytes of a longer message, of which nothing is kept
	 */
	Inbox(MqttClientTransport member, int maxGiven) {
		this.member = member;
		this.given = new GivenPieces(maxGiven);
	}

	/** Another attempt. */
	void reset() {
		this.paused = false;
	}

	void pause() {
		this.paused = true;
	}

	/**
	 * Goes on.
	 * @return whether there is something to pass on
	 */
	boolean resume() {
		this.paused = false;
		return isDue();
	}

	int heldBytes() {
		return this.heldBytes;
	}

	boolean isDue() {
		return !this.held.isEmpty() && isOpen();
	}

	private boolean isOpen() {
		return this.member.isConnected() && !this.paused && !this.passing && this.awaited == null;
	}

	/**
	 * Takes a piece of a message.
	 * @param message what it is of
	 * @param bytes borrowed
	 * @param flags {@link PayloadFlags}
	 */
	void take(IncomingMessage message, ByteBuf bytes, int flags) {
		if (this.held.isEmpty() && isOpen()) {
			pass(message, bytes, flags);
		}
		else {
			this.held.add(new MessagePiece(message, bytes.retainedSlice(), flags));
			this.heldBytes += bytes.readableBytes();
		}
	}

	/**
	 * Passes on what has been held.
	 * @param most pieces
	 * @return whether there is more
	 */
	boolean drain(int most) {
		for (int count = 0; count < most && isDue(); count++) {
			MessagePiece next = this.held.remove();
			this.heldBytes -= next.bytes().readableBytes();
			try {
				pass(next.message(), next.bytes(), next.flags());
			}
			finally {
				next.bytes().release();
			}
		}
		return isDue();
	}

	private void pass(IncomingMessage message, ByteBuf bytes, int flags) {
		boolean start = (flags & PayloadFlags.SOM) != 0;
		boolean end = (flags & PayloadFlags.EOM) != 0;
		if (start) {
			this.member.receiving(message);
			this.begun = message;
		}
		if (!start || !end) {
			if (start) {
				this.given.begin(message.isKept() && this.member.isRemembered());
			}
			this.given.add(message, bytes, flags);
		}
		if (end) {
			this.begun = null;
			this.awaited = message;
			this.handed = false;
			lend(message, bytes, flags);
		}
		this.passing = true;
		try {
			this.member.link().received(bytes, flags);
		}
		finally {
			this.passing = false;
		}
		if (end && this.awaited == message) {
			keep();
		}
		else if (this.borrowed) {
			this.whole = null;
			this.borrowed = false;
		}
	}

	private void lend(IncomingMessage message, ByteBuf bytes, int flags) {
		if ((flags & PayloadFlags.SOM) != 0 && message.isKept() && this.member.isRemembered()) {
			this.whole = bytes;
			this.borrowed = true;
			this.wholeIndex = bytes.readerIndex();
			this.wholeLength = bytes.readableBytes();
		}
	}

	private void keep() {
		ByteBuf lent = this.whole;
		if (lent != null && this.borrowed) {
			this.whole = lent.retainedSlice(this.wholeIndex, this.wholeLength);
			this.borrowed = false;
		}
	}

	/** Takes what is kept of the last message, owned from now on. */
	private @Nullable ByteBuf takeWhole() {
		keep();
		ByteBuf taken = this.whole;
		this.whole = null;
		return taken;
	}

	/**
	 * The handler has had the last message.
	 * @return the message, or {@code null} if there is none
	 */
	@Nullable IncomingMessage delivered() {
		IncomingMessage message = this.awaited;
		this.awaited = null;
		this.had = message;
		if (message != null) {
			message.had(this.member.link());
		}
		if (this.whole != null && !this.borrowed) {
			this.whole.release();
			this.whole = null;
		}
		this.given.release();
		return message;
	}

	/** Whether the handler has had this message, and none after it. */
	boolean hasHad(@Nullable IncomingMessage message) {
		return message != null && this.had == message;
	}

	/** The handler has failed, at the last message perhaps. */
	void undelivered() {
		this.handed = false;
	}

	/** The handler has got the last message, and has paused to go on with it. */
	void handed() {
		this.handed = this.awaited != null;
	}

	/**
	 * The connection is gone, or the stream has left it.
	 * @param left takes what the handler has not had
	 */
	void clear(LeftBehind left) {
		IncomingMessage message = this.awaited;
		this.awaited = null;
		// Of one that the handler has had nothing is needed, though it is still being
		// passed
		ByteBuf copy = (message != null) ? takeWhole() : null;
		if (message != null && copy != null && !this.handed) {
			left.piece(new MessagePiece(message, copy, PayloadFlags.SOM | PayloadFlags.EOM));
		}
		else if (message != null && this.handed) {
			message.had(this.member.link());
			left.message(message, true);
			ReferenceCountUtil.release(copy);
		}
		else if (message != null) {
			leave(message, left);
		}
		IncomingMessage broken = this.begun;
		this.begun = null;
		if (broken != null) {
			leave(broken, left);
		}
		this.given.release();
		for (MessagePiece piece = this.held.poll(); piece != null; piece = this.held.poll()) {
			left.piece(piece);
		}
		this.heldBytes = 0;
	}

	/** Leaves a message in several pieces, of which some have been passed on. */
	private void leave(IncomingMessage message, LeftBehind left) {
		if (this.given.isEmpty()) {
			left.message(message, false);
		}
		this.given.drainTo(left::piece);
	}

	/**
	 * Takes what a stream leaves behind.
	 */
	interface LeftBehind {

		/**
		 * A message that has been passed on, if not to its end.
		 * @param message the message
		 * @param handed whether the handler has got it, and goes on with it
		 */
		void message(IncomingMessage message, boolean handed);

		/**
		 * A piece that had been held.
		 * @param piece owned from now on
		 */
		void piece(MessagePiece piece);

	}

}
