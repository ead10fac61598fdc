package io.securestreams.proxy.server;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.proxy.server.payload.Overdraft;
import io.securestreams.proxy.server.payload.RxFraming;
import io.securestreams.proxy.wire.ClientFrame;
import io.securestreams.proxy.wire.CreateResult;
import io.securestreams.proxy.wire.MetadataItem;
import io.securestreams.proxy.wire.ProxyFrame;
import io.securestreams.proxy.wire.StreamType;
import io.securestreams.proxy.wire.TimeoutUpdate;
import io.securestreams.proxy.wire.TxPayload;
import io.securestreams.proxy.wire.WireViolation;
import io.securestreams.stream.PrintableText;

/**
 * One link: what its client is told, and the stream it has asked for. What comes from the
 * client comes through {@link LinkHandler}. On its own event loop.
 */
final class ProxyLink {

	private static final Logger logger = LoggerFactory.getLogger(ProxyLink.class);

	/** For states and the like beyond the payload that a client leaves unread. */
	private static final int MAX_UNREAD = 1024 * 1024;

	private enum Phase {

		OPENING, OPEN, CLOSED

	}

	private final ProxyServer server;

	private final String address;

	private final LinkOpening opening;

	private final Instant since = Instant.now();

	private Phase phase = Phase.OPENING;

	private String name;

	private @Nullable Peer peer;

	private @Nullable ChannelHandlerContext ctx;

	private @Nullable RxFraming out;

	private @Nullable Future<?> deadline;

	private @Nullable LinkedStream stream;

	private int framesRead;

	private int readCapacity;

	ProxyLink(ProxyServer server, String address, String name) {
		this.server = server;
		this.address = address;
		this.name = name;
		this.opening = new LinkOpening(this, server);
	}

	/** There is a connection, whose client is not known yet. */
	void start(ChannelHandlerContext context) {
		this.ctx = context;
		this.out = new RxFraming(context, this::writability);
		this.server.add(this);
		this.deadline = context.executor()
			.schedule(this::silent, this.server.settings().limits().createTimeout().toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Lets the client in.
	 * @return whether it may have a link
	 */
	boolean admit(Peer known) {
		Refusal refusal = this.server.admission().entered(known);
		this.peer = known;
		if (refusal != null) {
			refuse(refusal, known.name() + " may not have a link to " + this.address);
		}
		return refusal == null;
	}

	/** The client has sent a frame. */
	void onFrame(ClientFrame frame) throws WireViolation {
		LinkedStream served = this.stream;
		if (this.phase == Phase.OPENING) {
			LinkedStream made = this.opening.onFrame(frame, peer());
			if (made != null) {
				open(made);
			}
			else if (frame instanceof StreamType wanted && this.opening.isRefused()) {
				// The clock goes on: a client closes its link, at last as its time is up
				send(CreateResult.refused(wanted.version()));
			}
		}
		else if (this.phase == Phase.OPEN && served != null) {
			if (frame instanceof StreamType) {
				throw new WireViolation("a second streamtype");
			}
			if (frame instanceof TxPayload payload && payload.isLast()) {
				this.framesRead++;
			}
			served.onFrame(frame);
		}
	}

	private void open(LinkedStream made) {
		StreamType wanted = Objects.requireNonNull(this.opening.asked());
		this.stream = made;
		this.phase = Phase.OPEN;
		stopClock();
		String spoken = made.spoken();
		if (isCoupled() && spoken != null) {
			send(new MetadataItem(MetadataItem.SPOKEN, spoken.getBytes(StandardCharsets.UTF_8)));
		}
		send(made.created(wanted));
		made.start();
		TimeoutUpdate early = this.opening.earlyTimeout();
		if (early != null && !isCoupled()) {
			made.onTimeout(early);
		}
		logger.debug("[{}] serves {} of {}", this.name, made.id(), peer().name());
	}

	/** Whether the client is one of ours. */
	boolean isCoupled() {
		return this.opening.isCoupled();
	}

	/** Sends a frame, soon. */
	void send(ProxyFrame frame) {
		send(frame, CreateResult.MAX_LIST_LENGTH);
	}

	/**
	 * Sends a frame, soon.
	 * @param frame the frame
	 * @param size about how long it is
	 */
	void send(ProxyFrame frame, int size) {
		if (this.phase != Phase.CLOSED) {
			out().send(frame, size);
			checkUnread();
		}
	}

	RxFraming out() {
		RxFraming framing = this.out;
		if (framing == null) {
			throw new IllegalStateException("not connected");
		}
		return framing;
	}

	/** How many bytes wait to be written before the stream is to pause, and to go on. */
	void waterMarks(int low, int high) {
		channel().config().setWriteBufferWaterMark(new WriteBufferWaterMark(low, high));
	}

	/** The client keeps up, or does not. */
	void onWritability() {
		out().onWritability();
	}

	private void writability(boolean writable) {
		if (writable) {
			out().isRead();
		}
		LinkedStream served = this.stream;
		if (this.phase == Phase.OPEN && served != null) {
			served.onWritability(writable);
		}
	}

	boolean isWritable() {
		return channel().isWritable();
	}

	/** Ends a client that reads nothing of what does not wait for it. */
	private void checkUnread() {
		if (out().unreadFrames() > MAX_UNREAD) {
			refuse(Refusal.SLOW, "more than " + MAX_UNREAD + " bytes of states and the like are unread");
		}
	}

	void reading(boolean on) {
		channel().config().setAutoRead(on);
	}

	/** Whether what is read from the client now goes on at once. */
	boolean isFlowing() {
		LinkedStream served = this.stream;
		return served != null && served.isFlowing();
	}

	boolean isReading() {
		return channel().config().isAutoRead();
	}

	private void silent() {
		if (this.opening.isRefused()) {
			close();
		}
		else if (this.phase == Phase.OPENING) {
			refuse(Refusal.SILENT, "nothing was asked for in time");
		}
	}

	void refuse(Refusal refusal, String detail) {
		if (this.phase != Phase.CLOSED) {
			this.server.refusals().count(refusal, this.name, detail);
			close();
		}
	}

	/**
	 * Ends the link, and tells a client of ours why.
	 * @param told without the client's values
	 */
	void refuse(Refusal refusal, String detail, String told) {
		if (isCoupled() && this.phase != Phase.CLOSED) {
			send(new MetadataItem(MetadataItem.REFUSED, told.getBytes(StandardCharsets.UTF_8)), told.length());
			this.server.refusals().count(refusal, this.name, detail);
			finish();
		}
		else {
			refuse(refusal, detail);
		}
	}

	/** Closes the link once what has been said is written. */
	void finish() {
		if (this.phase != Phase.CLOSED) {
			out().flush();
			ended();
			ChannelHandlerContext context = context();
			context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
			// Unless the client does not read
			context.executor()
				.schedule(() -> context.close(), this.server.settings().limits().createTimeout().toMillis(),
						TimeUnit.MILLISECONDS);
		}
	}

	void close() {
		ended();
		context().close();
	}

	/** The connection is gone, or is going to be. */
	void ended() {
		if (this.phase == Phase.CLOSED) {
			return;
		}
		this.phase = Phase.CLOSED;
		stopClock();
		RxFraming framing = this.out;
		if (framing != null) {
			framing.drop();
		}
		Peer known = this.peer;
		if (known != null) {
			this.server.admission().left(known, this.opening.buffers());
		}
		LinkedStream served = this.stream;
		if (served != null) {
			served.onLinkEnd();
		}
		this.server.remove(this);
	}

	/** Ends the link when nothing is under way on it, or now. */
	void drain(boolean now) {
		LinkedStream served = this.stream;
		if (now || served == null) {
			if (this.phase != Phase.CLOSED) {
				finish();
			}
		}
		else {
			served.drain();
		}
	}

	ProxyLinkSnapshot snapshot() {
		StreamType wanted = this.opening.asked();
		LinkedStream served = this.stream;
		Peer known = this.peer;
		return new ProxyLinkSnapshot(this.address, (known != null) ? known.name() : "",
				(wanted != null) ? PrintableText.of(wanted.name()) : "", (wanted != null) ? wanted.version() : 0,
				(wanted != null) ? Integer.toUnsignedLong(wanted.clientPid()) : 0,
				(served != null) ? served.id() : null, this.since, (served != null) ? served.queued() : 0, unread(),
				isReading(), (served != null) && served.isPaused());
	}

	private long unread() {
		ChannelOutboundBuffer buffer = channel().unsafe().outboundBuffer();
		return (buffer != null) ? buffer.totalPendingWriteBytes() : 0;
	}

	private void stopClock() {
		Future<?> clock = this.deadline;
		if (clock != null) {
			clock.cancel(false);
		}
	}

	EventLoop loop() {
		return channel().eventLoop();
	}

	/** Something more is known for the link's name in logs. */
	void named(String more) {
		this.name = this.name + "|" + more;
	}

	String name() {
		return this.name;
	}

	Overdraft overdraft() {
		return this.server.overdraft();
	}

	/** The client's bytes are in a buffer of such a size. */
	void read(int capacity) {
		this.readCapacity = capacity;
	}

	int readCapacity() {
		return this.readCapacity;
	}

	int framesRead() {
		return this.framesRead;
	}

	boolean isOpen() {
		return this.phase == Phase.OPEN;
	}

	boolean isClosed() {
		return this.phase == Phase.CLOSED;
	}

	private Peer peer() {
		Peer known = this.peer;
		if (known == null) {
			throw new IllegalStateException("nobody");
		}
		return known;
	}

	Channel channel() {
		return context().channel();
	}

	private ChannelHandlerContext context() {
		ChannelHandlerContext context = this.ctx;
		if (context == null) {
			throw new IllegalStateException("not connected");
		}
		return context;
	}

}
