package io.securestreams.transport.mqtt.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

import io.securestreams.transport.mqtt.frame.FrameWriter;

/**
 * Writes packets to a wire.
 */
public final class WireWriter extends FrameWriter {

	private final Wire wire;

	public WireWriter(Wire wire, boolean version5) {
		super(version5);
		this.wire = wire;
	}

	@Override
	protected ByteBufAllocator alloc() {
		return this.wire.alloc();
	}

	@Override
	protected void write(ByteBuf bytes) {
		this.wire.write(bytes);
	}

}
