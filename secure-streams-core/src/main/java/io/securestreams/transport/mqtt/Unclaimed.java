package io.securestreams.transport.mqtt;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.stream.PrintableText;
import io.securestreams.transport.mqtt.flow.IncomingMessage;

/**
 * Messages of a kept session that no stream is there for: the broker has kept them since
 * an earlier life of the application, whose streams are coming one by one, or a stream
 * has left without reading them or has not come back yet. They wait a while before they
 * are acknowledged. On the session's executor.
 */
final class Unclaimed {

	private static final Logger log = LoggerFactory.getLogger(Unclaimed.class);

	private static final int MAX_MESSAGES = 1000;

	/** Characters of a topic in the log. */
	private static final int MAX_TOPIC = 200;

	private final BrokerSession session;

	private final Deliveries deliveries;

	private final List<Entry> entries = new ArrayList<>();

	private int bytes;

	private StreamExecutor.@Nullable Timer timer;

	Unclaimed(BrokerSession session, Deliveries deliveries) {
		this.session = session;
		this.deliveries = deliveries;
	}

	boolean has(IncomingMessage message) {
		for (int i = 0; i < this.entries.size(); i++) {
			if (this.entries.get(i).message == message) {
				return true;
			}
		}
		return false;
	}

	/** A message has begun that nobody is there for. */
	void begin(IncomingMessage message) {
		// Whoever was going to come has come by then
		if (this.session.connection().isYoung() && this.entries.size() < MAX_MESSAGES) {
			add(new Entry(message, null));
		}
	}

	/**
	 * A message is for a stream that is not there.
	 * @param message the message
	 * @param absent the stream
	 */
	void await(IncomingMessage message, MqttClientTransport absent) {
		if (this.entries.size() >= MAX_MESSAGES) {
			message.abandoned = true;
			return;
		}
		Entry entry = add(new Entry(message, absent.link()));
		for (MqttClientTransport other : this.deliveries.takers(message)) {
			if (other != absent) {
				entry.others.add(other.link());
			}
		}
	}

	private Entry add(Entry entry) {
		this.entries.add(entry);
		if (this.timer == null) {
			long millis = this.session.limits().unclaimedTime().toMillis();
			this.timer = this.session.executor().schedule(this::expired, millis);
			entry.deadline = this.session.executor().nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
		}
		else {
			entry.deadline = this.session.executor().nanoTime() + this.session.limits().unclaimedTime().toNanos();
		}
		return entry;
	}

	/** Payload of a message that is coming in. */
	void payload(IncomingMessage message, ByteBuf content, int flags) {
		for (int i = this.entries.size() - 1; i >= 0; i--) {
			Entry entry = this.entries.get(i);
			if (entry.message == message) {
				keep(entry, new Inbox.Piece(message, content.retainedSlice(), flags));
			}
		}
	}

	/** A piece that a stream has left behind. */
	void inherit(Inbox.Piece piece, MqttClientTransport leaving) {
		for (Entry entry : this.entries) {
			if (entry.message == piece.message() && entry.link == leaving.link()) {
				keep(entry, piece);
				return;
			}
		}
		piece.bytes().release();
	}

	private void keep(Entry entry, Inbox.Piece piece) {
		entry.pieces.add(piece);
		this.bytes += piece.bytes().readableBytes();
		if (this.bytes > this.session.limits().maxHeld()) {
			// It comes again with the next connection
			entry.message.abandoned = true;
			this.entries.remove(entry);
			drop(entry);
		}
	}

	/** All of a message has come. */
	void completed(IncomingMessage message) {
		if (has(message)) {
			this.deliveries.takers(message).forEach(this::claim);
		}
	}

	/** A stream takes what is for it. */
	void claim(MqttClientTransport member) {
		if (this.entries.isEmpty()) {
			return;
		}
		for (Entry entry : List.copyOf(this.entries)) {
			if (entry.message.complete && isFor(entry, member)
					&& this.deliveries.takers(entry.message).contains(member)) {
				this.entries.remove(entry);
				give(entry, member);
			}
		}
	}

	/** Whether a stream is the one that is waited for, or in the place of it. */
	private boolean isFor(Entry entry, MqttClientTransport member) {
		ClientLink link = entry.link;
		if (link == null || link == member.link()) {
			return true;
		}
		return !this.session.knows(link) && link.policy().name().equals(member.link().policy().name())
				&& !entry.others.contains(member.link());
	}

	private void give(Entry entry, MqttClientTransport member) {
		entry.message.waiting++;
		for (Entry other : this.entries) {
			if (other.message == entry.message) {
				other.others.add(member.link());
			}
		}
		for (Inbox.Piece piece = entry.pieces.poll(); piece != null; piece = entry.pieces.poll()) {
			this.bytes -= piece.bytes().readableBytes();
			try {
				// A handler may end its stream in the middle
				if (this.session.members().contains(member)) {
					member.inbox().take(entry.message, piece.bytes(), piece.flags());
				}
			}
			finally {
				piece.bytes().release();
			}
		}
	}

	private void expired() {
		this.timer = null;
		long now = this.session.executor().nanoTime();
		List<Entry> over = new ArrayList<>(this.entries);
		over.removeIf((entry) -> entry.deadline > now || !entry.message.complete);
		this.entries.removeAll(over);
		for (Entry entry : over) {
			drop(entry);
			this.deliveries.giveUp(entry.message);
		}
		if (!over.isEmpty()) {
			log.warn(
					"[{}] {} messages of the kept session are dropped, because no stream subscribes to them; the first is of topic {}",
					this.session, over.size(), PrintableText.of(over.get(0).message.topic, MAX_TOPIC));
		}
		if (!this.entries.isEmpty()) {
			this.timer = this.session.executor()
				.schedule(this::expired, this.session.limits().unclaimedTime().toMillis());
		}
	}

	/** The connection is gone; the broker sends them again. */
	void clear() {
		this.entries.forEach(this::drop);
		this.entries.clear();
		if (this.timer != null) {
			this.timer.cancel();
			this.timer = null;
		}
	}

	private void drop(Entry entry) {
		for (Inbox.Piece piece = entry.pieces.poll(); piece != null; piece = entry.pieces.poll()) {
			this.bytes -= piece.bytes().readableBytes();
			piece.bytes().release();
		}
	}

	private static final class Entry {

		private final IncomingMessage message;

		private final Deque<Inbox.Piece> pieces = new ArrayDeque<>(2);

		private long deadline;

		/** Who it is for, {@code null} if nobody is known to want it. */
		private final @Nullable ClientLink link;

		/** Those who were there as well: they have it of their own. */
		private final List<ClientLink> others = new ArrayList<>(0);

		Entry(IncomingMessage message, @Nullable ClientLink link) {
			this.message = message;
			this.link = link;
		}

	}

}
