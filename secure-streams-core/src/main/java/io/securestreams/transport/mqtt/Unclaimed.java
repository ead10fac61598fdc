package io.securestreams.transport.mqtt;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.stream.PrintableText;

/**
 * Messages of a kept session that no stream is there for: the broker has kept them since
 * an earlier life of the application, whose streams are coming one by one, or a stream
 * has left without reading them. They wait a while before they are acknowledged. On the
 * session's executor.
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
		return !this.entries.isEmpty() && find(message) != null;
	}

	private @Nullable Entry find(IncomingMessage message) {
		for (Entry entry : this.entries) {
			if (entry.message == message) {
				return entry;
			}
		}
		return null;
	}

	/** A message has begun that nobody is there for. */
	void begin(IncomingMessage message) {
		// Whoever was going to come has come by then
		if (this.session.connection().isYoung() && this.entries.size() < MAX_MESSAGES) {
			add(message);
		}
	}

	private Entry add(IncomingMessage message) {
		Entry entry = new Entry(message);
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
		Entry entry = this.entries.isEmpty() ? null : find(message);
		if (entry != null) {
			keep(entry, new Inbox.Piece(message, content.retainedSlice(), flags));
		}
	}

	/** A piece that a stream has left behind. */
	void inherit(Inbox.Piece piece, MqttClientTransport leaving) {
		Entry entry = find(piece.message());
		if (entry == null && (piece.flags() & PayloadFlags.SOM) != 0 && this.entries.size() < MAX_MESSAGES) {
			entry = add(piece.message());
			entry.type = leaving.link().policy().name();
			for (MqttClientTransport other : this.deliveries.takers(piece.message())) {
				if (other != leaving) {
					entry.others.add(other.link());
				}
			}
		}
		if (entry != null && (entry.pieces.isEmpty() == ((piece.flags() & PayloadFlags.SOM) != 0))) {
			keep(entry, piece);
		}
		else {
			piece.bytes().release();
		}
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
		else {
			entry.message.abandoned = false;
		}
	}

	/** All of a message has come. */
	void completed(IncomingMessage message) {
		Entry entry = this.entries.isEmpty() ? null : find(message);
		if (entry == null) {
			return;
		}
		for (MqttClientTransport late : this.deliveries.takers(message)) {
			if (entry.isFor(late)) {
				this.entries.remove(entry);
				give(entry, late);
				return;
			}
		}
	}

	/** A stream takes what its filters match. */
	void claim(MqttClientTransport member) {
		for (Iterator<Entry> each = this.entries.iterator(); each.hasNext();) {
			Entry entry = each.next();
			if (entry.message.complete && entry.isFor(member)
					&& this.deliveries.takers(entry.message).contains(member)) {
				each.remove();
				give(entry, member);
			}
		}
	}

	private void give(Entry entry, MqttClientTransport member) {
		entry.message.waiting++;
		for (Inbox.Piece piece = entry.pieces.poll(); piece != null; piece = entry.pieces.poll()) {
			this.bytes -= piece.bytes().readableBytes();
			try {
				member.inbox().take(entry.message, piece.bytes(), piece.flags());
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

		/** Streamtype that left it behind, {@code null} if nobody was there for it. */
		private @Nullable String type;

		/** Those who were there as well: they have it of their own. */
		private final List<ClientLink> others = new ArrayList<>(0);

		Entry(IncomingMessage message) {
			this.message = message;
		}

		/** Whether a stream is the one that left, or in the place of it. */
		boolean isFor(MqttClientTransport member) {
			return this.type == null
					|| (this.type.equals(member.link().policy().name()) && !this.others.contains(member.link()));
		}

	}

}
