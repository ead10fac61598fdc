package io.securestreams.proxy.client;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.engine.spi.TransportKind;
import io.securestreams.policy.Protocol;
import io.securestreams.engine.stream.SerialContext;
import io.securestreams.engine.stream.StreamCore;
import io.securestreams.proxy.client.link.UpstreamLink;
import io.securestreams.proxy.client.payload.Handovers;
import io.securestreams.proxy.client.payload.SentMessages;
import io.securestreams.proxy.client.payload.SystemMessageFrames;
import io.securestreams.proxy.wire.PayloadHead;
import io.securestreams.proxy.wire.TxCredit;

/**
 * Where the payload of a proxied stream goes: into frames of its link, as long as the
 * proxy keeps up and its peer has room. On the event loop of the stream.
 */
final class OnwardTransport implements StreamTransport {

	/** Most bytes of a slot: what clients of libwebsockets put in a frame. */
	static final int SLOT_CAPACITY = 4061;

	/** After so many slots other streams of the event loop have their turn. */
	private static final int SLOTS_PER_TURN = 64;

	private static final int PAYLOAD_FLAGS = PayloadFlags.SOM | PayloadFlags.EOM;

	private static final long NO_LIMIT = Long.MAX_VALUE;

	private final StreamCore core;

	private final SerialContext context;

	private final StreamExecutor executor;

	private final UpstreamLink link;

	private final MetadataUpdates metadata;

	private final Runnable turn = this::turn;

	private final SentMessages sent = new SentMessages();

	private final Handovers handovers;

	private final SystemMessageFrames systemMessages;

	private OnwardKind kind = OnwardKind.UNKNOWN;

	/** Streamtypes that take turns at sending, the own one first. */
	private List<String> parts = List.of();

	private int part;

	/** Frames with payload that have been sent on this link. */
	private int frames;

	private boolean open;

	private boolean linkGone;

	private boolean writeWanted;

	private boolean serving;

	private boolean turnScheduled;

	private boolean paused;

	/** What has arrived waits for the handler. */
	private boolean choked;

	/** Bytes the proxy's peer takes, where the proxy tells. */
	private long credit = NO_LIMIT;

	private long wantedSince;

	OnwardTransport(StreamCore core, UpstreamLink link, MetadataUpdates metadata) {
		this.core = core;
		this.context = core.context();
		this.executor = this.context.executor();
		this.link = link;
		this.metadata = metadata;
		this.handovers = new Handovers(this.executor, this::inContext, this::released);
		this.systemMessages = new SystemMessageFrames(core.id());
	}

	/** An attempt starts. */
	void begin(OnwardKind spoken) {
		this.kind = spoken;
		this.open = false;
		this.writeWanted = false;
		this.paused = false;
		this.part = 0;
		this.credit = NO_LIMIT;
		if (isAnswered()) {
			this.sent.began(this.frames);
		}
		else {
			this.sent.clear();
		}
		applyReading();
	}

	/** Payload may be sent from now on. */
	void open() {
		this.open = !this.linkGone;
		if (this.writeWanted) {
			scheduleTurn();
		}
	}

	boolean isOpen() {
		return this.open;
	}

	/**
	 * The attempt or connection is over. What the handler is still busy with must not
	 * keep the states of the next one from being read.
	 */
	void shut() {
		this.systemMessages.clear();
		this.open = false;
		this.writeWanted = false;
		this.paused = false;
		applyReading();
	}

	/** The names that the proxy has for the parts of a message. */
	void parts(List<String> names) {
		this.parts = names;
	}

	/** The proxy's peer takes more, or less. */
	void credit(int bytes) {
		this.credit = (this.credit == NO_LIMIT) ? bytes : this.credit + bytes;
	}

	/**
	 * Finds which message an answer is about.
	 * @param frame what the proxy says: of ours the number of the message's last frame
	 * @return the message's ordinal, of other proxies that of the oldest that has not
	 * been answered; 0 if there is none
	 */
	long answered(long frame) {
		long ordinal = this.kind.isKnown() ? this.sent.take((int) frame) : this.sent.takeOldest();
		if (!this.kind.isKnown()) {
			this.handovers.answered(ordinal);
		}
		released();
		return ordinal;
	}

	/** Messages that are not known to have arrived. */
	Handovers handovers() {
		return this.handovers;
	}

	private void inContext(Runnable step) {
		this.context.enter();
		try {
			step.run();
		}
		finally {
			this.context.exit();
		}
	}

	/** What has been waited for may have come. */
	private void released() {
		if (this.writeWanted) {
			scheduleTurn();
		}
	}

	@Override
	public boolean confirmsLater(CompletableFuture<Long> sent, long ordinal) {
		return !this.kind.isKnown() && this.open && this.handovers.take(sent, ordinal);
	}

	/**
	 * Takes the next message that nobody will answer.
	 * @return its ordinal, or {@code null} if there is none
	 */
	@Nullable Long lost() {
		return this.sent.nextLost();
	}

	/** There is a new link, or the end of the old one has been told. */
	void restart() {
		this.frames = 0;
		if (isAnswered()) {
			this.sent.lose();
		}
		else {
			this.sent.clear();
		}
		this.linkGone = false;
	}

	/**
	 * Whether each message is answered by itself, some on a later connection of the
	 * proxy's.
	 */
	private boolean isAnswered() {
		return this.kind.protocol() == Protocol.MQTT;
	}

	/** The link is gone, which has not been told yet: nothing more may go out. */
	void linkGone() {
		this.linkGone = true;
		shut();
	}

	/** More has arrived than the handler takes: nothing is read until it has had it. */
	void choke() {
		if (!this.choked) {
			this.choked = true;
			applyReading();
		}
	}

	boolean isChoked() {
		return this.choked;
	}

	void unchoke() {
		this.choked = false;
		applyReading();
	}

	private void applyReading() {
		this.link.read(!this.paused && !this.choked);
	}

	@Override
	public TransportKind kind() {
		return this.kind.transport();
	}

	@Override
	public void requestWrite() {
		if (!this.writeWanted) {
			this.writeWanted = true;
			this.wantedSince = this.executor.nanoTime();
		}
		if (!this.serving) {
			scheduleTurn();
		}
	}

	private void scheduleTurn() {
		if (this.open && !this.turnScheduled) {
			this.turnScheduled = true;
			this.executor.execute(this.turn);
		}
	}

	private void turn() {
		this.turnScheduled = false;
		try {
			serve();
			this.link.flush();
		}
		catch (Throwable ex) {
			this.link.unexpected(ex);
		}
	}

	/** Gives out slots while there is room. */
	void serve() {
		if (this.serving) {
			return;
		}
		int slots = SLOTS_PER_TURN;
		this.serving = true;
		try {
			while (slots > 0 && isServable()) {
				slots--;
				this.writeWanted = false;
				offer((int) Math.min(this.credit, SLOT_CAPACITY));
			}
		}
		finally {
			this.serving = false;
		}
		if (slots == 0 && isServable()) {
			scheduleTurn();
		}
	}

	private boolean isServable() {
		return this.open && this.writeWanted && this.credit > 0 && this.link.isUp() && this.link.isWritable()
				&& (!isAnswered() || this.sent.hasRoom()) && !this.handovers.isWaiting();
	}

	private void offer(int capacity) {
		this.context.enter();
		try {
			if (!this.core.isDestroyed() && !this.core.requests().interrupted()) {
				this.core.writable(capacity);
			}
		}
		finally {
			this.context.exit();
		}
	}

	@Override
	public @Nullable String rideshare() {
		return (this.parts.size() > 1) ? this.parts.get(this.part) : null;
	}

	@Override
	public void write(ByteBuf payload, int flags, long ordinal) {
		if (!this.kind.isSystemMessages() || !this.open) {
			send(payload, flags, ordinal);
			return;
		}
		ByteBuf whole = this.systemMessages.add(payload, flags);
		if (whole != null) {
			send(whole, PAYLOAD_FLAGS, ordinal);
		}
	}

	private void send(ByteBuf payload, int flags, long ordinal) {
		int length = payload.readableBytes();
		if (!this.open || (length == 0 && (flags & PAYLOAD_FLAGS) == 0)) {
			payload.release();
			return;
		}
		this.metadata.write();
		long now = this.executor.nanoTime();
		this.link.send(new PayloadHead(flags & PAYLOAD_FLAGS, (int) ((now - this.wantedSince) / 1000), now / 1000, null,
				length), payload);
		if (!this.kind.isKnown()) {
			this.handovers.wrote(length);
		}
		if (this.credit != NO_LIMIT) {
			this.credit -= length;
		}
		if ((flags & PayloadFlags.EOM) != 0) {
			if (this.parts.size() > 1) {
				this.part = (this.part + 1) % this.parts.size();
			}
			if (isAnswered() || this.kind.transactional() || !this.kind.isKnown()) {
				this.sent.sent(this.frames, ordinal, isAnswered());
			}
		}
		this.frames++;
	}

	@Override
	public void pauseReading() {
		this.paused = true;
		applyReading();
	}

	@Override
	public void resumeReading() {
		this.paused = false;
		applyReading();
	}

	@Override
	public boolean isInFlight() {
		return this.kind.transactional() && this.open;
	}

	@Override
	public void grantCredit(int bytes) {
		this.link.send(new TxCredit(bytes));
		this.link.flush();
	}

	/** Without effect: requests to disconnect go to the fulfilment. */
	@Override
	public void close() {
		shut();
	}

}
