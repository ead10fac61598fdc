package io.securestreams.engine.seams;

import java.util.ArrayDeque;
import java.util.Deque;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.TransportKind;

/**
 * A transport of messages that are acknowledged late.
 */
final class EchoTransport implements ClientTransport {

	private static final int CAPACITY = 16 * 1024;

	private static final long ACKNOWLEDGED_AFTER_MILLIS = 1;

	private final EchoNetwork network;

	private final ClientLink link;

	private final Deque<Piece> echo = new ArrayDeque<>();

	private int attempt;

	private boolean up;

	private boolean connected;

	private boolean wanted;

	private boolean paused;

	private int unacknowledged;

	EchoTransport(EchoNetwork network, ClientLink link) {
		this.network = network;
		this.link = link;
	}

	@Override
	public TransportKind kind() {
		return TransportKind.MESSAGES;
	}

	@Override
	public void connect() {
		this.attempt++;
		this.up = true;
		this.paused = false;
		soon(() -> {
			this.connected = true;
			this.link.connected("memory");
			offer();
		});
	}

	@Override
	public void requestWrite() {
		if (!this.wanted) {
			this.wanted = true;
			soon(this::offer);
		}
	}

	private void offer() {
		if (this.up && this.connected && this.wanted) {
			this.wanted = false;
			this.link.writable(CAPACITY);
		}
	}

	@Override
	public void write(ByteBuf payload, int flags, long ordinal) {
		byte[] bytes = new byte[payload.readableBytes()];
		payload.readBytes(bytes);
		payload.release();
		this.echo.add(new Piece(bytes, flags));
		soon(this::deliver);
		if ((flags & PayloadFlags.EOM) != 0) {
			this.unacknowledged++;
			int during = this.attempt;
			Runnable acknowledgement = () -> acknowledge(during, ordinal);
			if (this.network.withholds) {
				this.network.withheld.add(() -> this.link.executor().execute(acknowledgement));
			}
			else {
				this.link.executor().schedule(acknowledgement, ACKNOWLEDGED_AFTER_MILLIS);
			}
		}
	}

	private void acknowledge(int during, long ordinal) {
		if (this.up && during == this.attempt) {
			this.unacknowledged--;
			this.link.acknowledged(ordinal);
		}
	}

	private void deliver() {
		while (this.up && !this.paused && !this.echo.isEmpty()) {
			Piece piece = this.echo.remove();
			this.link.received(Unpooled.wrappedBuffer(piece.bytes), piece.flags);
		}
	}

	@Override
	public void pauseReading() {
		this.paused = true;
	}

	@Override
	public void resumeReading() {
		this.paused = false;
		soon(this::deliver);
	}

	@Override
	public void delivered() {
		this.network.delivered.incrementAndGet();
	}

	@Override
	public boolean isInFlight() {
		return this.unacknowledged > 0;
	}

	@Override
	public void close() {
		this.up = false;
		this.connected = false;
		this.wanted = false;
		this.unacknowledged = 0;
		this.echo.clear();
	}

	private void soon(Runnable task) {
		int during = this.attempt;
		this.link.executor().execute(() -> {
			if (this.up && during == this.attempt) {
				task.run();
			}
		});
	}

	private record Piece(byte[] bytes, int flags) {

	}

}
