package io.securestreams.transport.websocket.frame;

import java.util.ArrayDeque;
import java.util.Queue;

import io.netty.buffer.ByteBuf;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.transport.loop.BriefReads;
import org.jspecify.annotations.Nullable;

/**
 * Turns input into pieces of messages: passes them on as they arrive, checks text (RFC
 * 6455 section 8.1) and sizes, inflates. Stops between two pieces whenever it is told to,
 * keeping the rest of the input.
 */
public final class MessageReader {

	private final FrameDecoder frames;

	private final Utf8Validator utf8 = new Utf8Validator();

	private final @Nullable MessageInflater inflater;

	private final MessageSink sink;

	private final long maxMessage;

	/** What has arrived while reading was paused or another input was in work. */
	private final Queue<ByteBuf> waiting = new ArrayDeque<>(0);

	private @Nullable ByteBuf input;

	private boolean text;

	private boolean inflating;

	private boolean paused;

	private boolean closed;

	private boolean running;

	private long messageLength;

	/**
	 * Makes a reader.
	 * @param masked whether the peer masks its frames
	 * @param maxFrame longest payload of one frame
	 * @param maxMessage most bytes of one message, as the application gets them
	 * @param inflater undoes permessage-deflate if that was agreed on; owned
	 * @param sink gets what is found
	 */
	public MessageReader(boolean masked, long maxFrame, long maxMessage, @Nullable MessageInflater inflater,
			MessageSink sink) {
		this.frames = new FrameDecoder(masked, maxFrame, inflater != null);
		this.maxMessage = maxMessage;
		this.inflater = inflater;
		this.sink = sink;
	}

	/**
	 * Whether a frame has arrived in part, so that nothing else can come before its rest.
	 */
	public boolean isInsideFrame() {
		return this.frames.isInsideFrame();
	}

	/** Whether there is input that has not been looked at. */
	public boolean hasInput() {
		return this.inflating || (this.input != null && this.input.isReadable()) || !this.waiting.isEmpty();
	}

	/**
	 * Adds input.
	 * @param bytes owned from now on
	 */
	public void add(ByteBuf bytes) {
		if (this.closed) {
			bytes.release();
		}
		else if (this.input == null) {
			this.input = bytes;
		}
		else {
			this.waiting.add(bytes);
		}
	}

	public void pause() {
		this.paused = true;
	}

	public void resume() {
		this.paused = false;
	}

	/**
	 * Works through the input until it is used up, or reading is paused or closed. Does
	 * nothing when called from the sink.
	 */
	public void run() throws WebSocketViolation {
		if (this.running) {
			return;
		}
		this.running = true;
		try {
			while (!this.paused && !this.closed && this.input != null) {
				if (!step(this.input)) {
					this.input.release();
					this.input = this.waiting.poll();
				}
			}
		}
		finally {
			this.running = false;
			if (this.closed) {
				release();
			}
		}
	}

	/** Gives back memory that an idle connection does not need. */
	public void giveBack() {
		if (this.inflater != null && !this.inflating) {
			this.inflater.giveBack();
		}
	}

	/** Lets go of everything; may be called from the sink. */
	public void close() {
		this.closed = true;
		if (!this.running) {
			release();
		}
	}

	private void release() {
		if (this.input != null) {
			this.input.release();
			this.input = null;
		}
		for (ByteBuf bytes = this.waiting.poll(); bytes != null; bytes = this.waiting.poll()) {
			bytes.release();
		}
		if (this.inflater != null) {
			this.inflater.close();
		}
	}

	/** Whether there was something left to do. */
	private boolean step(ByteBuf in) throws WebSocketViolation {
		if (this.inflating) {
			inflate(in);
			return true;
		}
		switch (this.frames.next(in)) {
			case FrameDecoder.DATA -> data(in);
			case FrameDecoder.CONTROL ->
				this.sink.control(this.frames.opcode(), this.frames.control(), this.frames.controlLength());
			default -> {
				return false;
			}
		}
		return true;
	}

	private void data(ByteBuf in) throws WebSocketViolation {
		if (this.frames.isMessageStart()) {
			this.messageLength = 0;
			this.text = this.frames.opcode() == Opcode.TEXT;
			this.utf8.reset();
		}
		int index = in.readerIndex();
		int length = this.frames.chunkLength();
		if (this.frames.isCompressed() && this.inflater != null) {
			this.inflater.input(in, index, length, this.frames.isMessageStart(), this.frames.isMessageEnd());
			this.inflating = true;
			inflate(in);
			return;
		}
		int flags = flags(this.frames.isMessageStart(), this.frames.isMessageEnd());
		this.frames.consumed();
		if (length == 0 && flags == 0) {
			return;
		}
		check(in, index, length, flags);
		deliver(in, index, length, flags);
	}

	private void inflate(ByteBuf in) throws WebSocketViolation {
		MessageInflater source = this.inflater;
		if (source == null) {
			return;
		}
		while (!this.paused && !this.closed) {
			ByteBuf piece = source.next();
			if (piece == null) {
				in.skipBytes(this.frames.chunkLength());
				this.frames.consumed();
				this.inflating = false;
				return;
			}
			try {
				int flags = flags(source.isMessageStart(), source.isMessageEnd());
				check(piece, piece.readerIndex(), piece.readableBytes(), flags);
				this.sink.payload(piece, flags);
			}
			finally {
				piece.release();
			}
		}
	}

	private void check(ByteBuf bytes, int index, int length, int flags) throws WebSocketViolation {
		this.messageLength += length;
		if (this.messageLength > this.maxMessage) {
			throw new WebSocketViolation(CloseCode.TOO_BIG, "message of more than " + this.maxMessage + " bytes");
		}
		if (this.text && (!this.utf8.accept(bytes, index, length)
				|| ((flags & PayloadFlags.EOM) != 0 && !this.utf8.isComplete()))) {
			throw new WebSocketViolation(CloseCode.BAD_DATA, "text that is not UTF-8");
		}
	}

	/**
	 * Passes on a piece of the input without making a slice of it: narrows the input
	 * itself. That is safe while nobody else holds a reference before and after; whoever
	 * has kept the piece keeps it as it is, and the work goes on with a duplicate.
	 */
	private void deliver(ByteBuf in, int index, int length, int flags) {
		int end = in.writerIndex();
		if (length == in.readableBytes()) {
			this.sink.payload(in, flags);
			restore(in, index + length, end);
		}
		else if (BriefReads.isUnshared(in)) {
			in.writerIndex(index + length);
			this.sink.payload(in, flags);
			restore(in, index + length, end);
		}
		else {
			ByteBuf piece = in.slice(index, length);
			in.readerIndex(index + length);
			this.sink.payload(piece, flags);
		}
	}

	private void restore(ByteBuf in, int next, int end) {
		ByteBuf rest = in;
		if (!BriefReads.isUnshared(in)) {
			rest = in.duplicate();
			this.input = rest;
		}
		rest.setIndex(next, end);
	}

	private static int flags(boolean start, boolean end) {
		return (start ? PayloadFlags.SOM : 0) | (end ? PayloadFlags.EOM : 0);
	}

}
