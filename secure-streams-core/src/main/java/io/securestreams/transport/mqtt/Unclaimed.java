package io.securestreams.transport.mqtt;

import java.util.ArrayList;
import java.util.HashSet;
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
import io.securestreams.transport.mqtt.flow.MessagePiece;

/**
 * Messages of a kept session for streams that are not there: the broker has kept them
 * since an earlier life of the application, whose streams are coming one by one, or a
 * stream has left without reading them or has not come back yet. What nobody subscribes
 * to waits a while. What a stream is owed waits for it, and is not acknowledged; only
 * where that would leave the broker no room for others, all but a few are acknowledged
 * after a while and are kept here. On the session's executor.
 */
final class Unclaimed {

	private static final Logger log = LoggerFactory.getLogger(Unclaimed.class);

	/** Most whose payload is held. */
	private static final int MAX_MESSAGES = 1000;

	/** Brokers send 10 messages, or more, without an acknowledgement: half of that. */
	private static final int MAX_UNACKNOWLEDGED = 5;

	/** Characters of a topic in the log. */
	private static final int MAX_TOPIC = 200;

	private final BrokerSession session;

	private final Deliveries deliveries;

	/** More than can be held has come for streams that may still be coming. */
	private boolean full;

	/** In the order in which they came. */
	private final List<Entry> entries = new ArrayList<>();

	private int bytes;

	private StreamExecutor.@Nullable Timer timer;

	Unclaimed(BrokerSession session, Deliveries deliveries) {
		this.session = session;
		this.deliveries = deliveries;
	}

	boolean isEmpty() {
		return this.entries.isEmpty();
	}

	/** Whether the broker has to wait until streams come, or have had the time to. */
	boolean isFull() {
		return this.full;
	}

	/** A message has begun that nobody is there for. */
	void begin(IncomingMessage message) {
		// Whoever was going to come has come by then
		if (this.session.connection().isYoung()) {
			add(new Entry(message, null));
		}
	}

	/**
	 * A message is for a stream that is not there.
	 * @param message the message
	 * @param absent the stream
	 */
	void await(IncomingMessage message, MqttClientTransport absent) {
		Entry entry = add(new Entry(message, absent.link()));
		for (MqttClientTransport other : this.deliveries.takers(message)) {
			if (other != absent) {
				entry.others.add(other.link());
			}
		}
	}

	/**
	 * A stream has not had a message of which nothing is left: it comes again with the
	 * next connection.
	 */
	void again(IncomingMessage message, MqttClientTransport absent) {
		await(message, absent);
		forgo(this.entries.get(this.entries.size() - 1));
	}

	private Entry add(Entry entry) {
		entry.deadline = this.session.executor().nanoTime() + this.session.limits().unclaimedTime().toNanos();
		entry.again = this.entries.size() >= MAX_MESSAGES;
		entry.message.unclaimed++;
		this.entries.add(entry);
		schedule();
		return entry;
	}

	private void schedule() {
		if (this.timer != null) {
			return;
		}
		long now = this.session.executor().nanoTime();
		long wait = this.session.limits().unclaimedTime().toNanos();
		for (Entry entry : this.entries) {
			if (entry.deadline > now) {
				wait = entry.deadline - now;
				break;
			}
		}
		this.timer = this.session.executor().schedule(this::expired, TimeUnit.NANOSECONDS.toMillis(wait) + 1);
	}

	/** Payload of a message that is coming in. */
	void payload(IncomingMessage message, ByteBuf content, int flags) {
		int left = message.unclaimed;
		for (int i = this.entries.size() - 1; left > 0 && i >= 0; i--) {
			Entry entry = this.entries.get(i);
			if (entry.message == message) {
				left--;
				keep(entry, new MessagePiece(message, content.retainedSlice(), flags));
			}
		}
	}

	/** A piece that a stream has left behind. */
	void inherit(MessagePiece piece, MqttClientTransport leaving) {
		for (int i = this.entries.size() - 1; i >= 0; i--) {
			Entry entry = this.entries.get(i);
			if (entry.message == piece.message() && entry.link == leaving.link()) {
				keep(entry, piece);
				return;
			}
		}
		piece.bytes().release();
	}

	private void keep(Entry entry, MessagePiece piece) {
		entry.pieces.add(piece);
		this.bytes += piece.bytes().readableBytes();
		int most = this.session.limits().maxHeld();
		if (this.bytes > most && entry.link == null && entry.length() <= most / 2 && this.bytes <= 2 * (long) most
				&& this.session.connection().isYoung()) {
			this.full = true;
			this.session.gate().stop();
		}
		else if (entry.again || this.bytes > most) {
			forgo(entry);
		}
	}

	/** Cannot be held: comes again with the next connection. */
	private void forgo(Entry entry) {
		entry.again = true;
		drop(entry);
	}

	/** All of a message has come. */
	void completed(IncomingMessage message) {
		if (message.unclaimed > 0) {
			this.deliveries.takers(message).forEach(this::claim);
		}
	}

	/** A stream takes what is for it. */
	void claim(MqttClientTransport member) {
		if (this.entries.isEmpty()) {
			return;
		}
		for (Entry entry : List.copyOf(this.entries)) {
			if (!entry.again && entry.message.complete && isFor(entry, member)
					&& this.deliveries.takers(entry.message).contains(member)) {
				remove(entry);
				this.full = false;
				give(entry, member);
			}
		}
	}

	private void remove(Entry entry) {
		this.entries.remove(entry);
		entry.message.unclaimed--;
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
		for (MessagePiece piece : entry.pieces) {
			this.bytes -= piece.bytes().readableBytes();
			if (!this.session.members().contains(member)) {
				// The handler has left in the middle: what it has had waits again
				inherit(piece, member);
				continue;
			}
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
		List<Entry> unwanted = new ArrayList<>();
		List<Entry> lost = new ArrayList<>();
		List<Entry> owed = new ArrayList<>();
		for (Entry entry : this.entries) {
			if (entry.deadline <= now && entry.message.complete) {
				if (!isOwed(entry)) {
					unwanted.add(entry);
				}
				else if (!entry.message.detached) {
					owed.add(entry);
				}
			}
		}
		for (Entry entry : owed.subList(0, Math.max(owed.size() - MAX_UNACKNOWLEDGED, 0))) {
			if (entry.again) {
				lost.add(entry);
			}
			else {
				detach(entry);
			}
		}
		giveUp(unwanted, "no stream subscribes to them");
		giveUp(lost, "they are more than can be held for streams that are away");
		this.full = false;
		this.session.gate().resume();
		if (!this.entries.isEmpty()) {
			schedule();
		}
		else {
			this.session.idle();
		}
	}

	/** Whether there is a stream, connected or not, that is going to have it. */
	private boolean isOwed(Entry entry) {
		return (entry.link != null) ? this.session.knows(entry.link)
				: entry.again && !this.deliveries.takers(entry.message).isEmpty();
	}

	/** The broker does not wait for it any more; the oldest first, to keep the order. */
	private void detach(Entry entry) {
		IncomingMessage attached = entry.message;
		attached.unclaimed--;
		if (entry.link != null) {
			attached.had(entry.link);
		}
		entry.message = attached.detach();
		entry.message.unclaimed = 1;
		entry.pieces.replaceAll((piece) -> new MessagePiece(entry.message, piece.bytes(), piece.flags()));
		this.deliveries.giveUp(attached);
	}

	private void giveUp(List<Entry> all, String why) {
		// There may be many
		this.entries.removeAll(new HashSet<>(all));
		for (Entry entry : all) {
			entry.message.unclaimed--;
			drop(entry);
			this.deliveries.giveUp(entry.message);
		}
		if (!all.isEmpty()) {
			log.warn("[{}] {} messages of the kept session are dropped, because {}; the first is of topic {}",
					this.session, all.size(), why, PrintableText.of(all.get(0).message.topic, MAX_TOPIC));
		}
	}

	/** The connection is gone; the broker sends again what has not been acknowledged. */
	void clear() {
		for (Entry entry : this.entries) {
			if (!entry.message.detached) {
				entry.message.unclaimed--;
				drop(entry);
				if (entry.link != null) {
					this.session.absentees().owed(entry.link);
				}
			}
		}
		this.entries.removeIf((entry) -> !entry.message.detached);
		this.full = false;
		if (this.entries.isEmpty()) {
			release();
		}
	}

	/** Nobody is going to take anything. */
	void release() {
		this.entries.forEach(this::drop);
		this.entries.clear();
		if (this.timer != null) {
			this.timer.cancel();
			this.timer = null;
		}
	}

	private void drop(Entry entry) {
		for (MessagePiece piece : entry.pieces) {
			this.bytes -= piece.bytes().readableBytes();
			piece.bytes().release();
		}
		entry.pieces.clear();
	}

	private static final class Entry {

		private IncomingMessage message;

		private final List<MessagePiece> pieces = new ArrayList<>(2);

		private long deadline;

		/** Only the broker has it. */
		private boolean again;

		/** Who it is for, {@code null} if nobody is known to want it. */
		private final @Nullable ClientLink link;

		/** Those who were there as well: they have it of their own. */
		private final List<ClientLink> others = new ArrayList<>(0);

		Entry(IncomingMessage message, @Nullable ClientLink link) {
			this.message = message;
			this.link = link;
		}

		int length() {
			int length = 0;
			for (MessagePiece piece : this.pieces) {
				length += piece.bytes().readableBytes();
			}
			return length;
		}

	}

}
