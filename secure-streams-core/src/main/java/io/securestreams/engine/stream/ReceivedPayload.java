package io.securestreams.engine.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.stream.MessagePart;
import io.securestreams.stream.Payload;

/**
 * The one payload object of a stream, filled anew for each call of the handler.
 */
final class ReceivedPayload implements Payload {

	private final String streamType;

	private ByteBuf content = Unpooled.EMPTY_BUFFER;

	private int flags;

	private String rideshare;

	private @Nullable MessagePart part;

	ReceivedPayload(String streamType) {
		this.streamType = streamType;
		this.rideshare = streamType;
	}

	/** What follows is part of a message of several. */
	void startPart(String owner, @Nullable MessagePart next) {
		this.rideshare = owner;
		this.part = next;
	}

	/** What follows is a message of its own. */
	void endPart() {
		if (this.part != null || !this.rideshare.equals(this.streamType)) {
			this.rideshare = this.streamType;
			this.part = null;
		}
	}

	ReceivedPayload fill(ByteBuf content, int flags) {
		this.content = content;
		this.flags = flags;
		return this;
	}

	/** The buffer goes back to its owner. */
	void clear() {
		if (isEnd()) {
			endPart();
		}
		this.content = Unpooled.EMPTY_BUFFER;
		this.flags = 0;
	}

	@Override
	public ByteBuf content() {
		return this.content;
	}

	@Override
	public boolean isStart() {
		return (this.flags & PayloadFlags.SOM) != 0;
	}

	@Override
	public boolean isEnd() {
		return (this.flags & PayloadFlags.EOM) != 0;
	}

	@Override
	public boolean isPerf() {
		return (this.flags & PayloadFlags.PERF) != 0;
	}

	@Override
	public boolean isRelatedStart() {
		return (this.flags & PayloadFlags.RELATED_START) != 0;
	}

	@Override
	public boolean isRelatedEnd() {
		return (this.flags & PayloadFlags.RELATED_END) != 0;
	}

	@Override
	public String rideshare() {
		return this.rideshare;
	}

	@Override
	public @Nullable MessagePart part() {
		return this.part;
	}

}
