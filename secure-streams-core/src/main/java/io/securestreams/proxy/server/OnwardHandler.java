package io.securestreams.proxy.server;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;

import io.securestreams.proxy.wire.PayloadFlag;
import io.securestreams.stream.DetachedSlot;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

/**
 * Carries the reports of the onward stream to its link. They nearly always share an event
 * loop; where the onward connection is a shared one it may live on another, and then
 * reports are handed over in their order.
 */
final class OnwardHandler implements StreamHandler {

	/** What payload on the way costs beside its bytes. */
	private static final int OVERHEAD = 64;

	private final EventLoop loop;

	private final ProxiedStream proxied;

	/** What is reported while the stream is being made. On the link's loop. */
	private final Queue<Runnable> early = new ArrayDeque<>();

	/** What the payload costs that is on the way from the stream's loop to the link's. */
	private final AtomicLong inTransit = new AtomicLong();

	/** There are so many of them that the stream has been paused. */
	private final AtomicBoolean crowded = new AtomicBoolean();

	/** From here on the stream is paused: it could not be told so in time by the link. */
	private final int mostInTransit;

	private boolean started;

	OnwardHandler(EventLoop loop, ProxiedStream proxied, int mostInTransit) {
		this.loop = loop;
		this.proxied = proxied;
		this.mostInTransit = mostInTransit;
	}

	/** Whether the stream stays paused, whatever the client takes. On the link's loop. */
	boolean isCrowded() {
		return this.crowded.get();
	}

	/** The client has its answer, and may hear of the stream. On the link's loop. */
	void start() {
		this.started = true;
		while (!this.early.isEmpty()) {
			this.early.remove().run();
		}
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		report(() -> this.proxied.onState(state, ordinal));
	}

	@Override
	public void onUserState(SecureStream stream, int userState) {
		report(() -> this.proxied.onUserState(userState));
	}

	@Override
	public void onReceive(SecureStream stream, Payload payload) {
		int flags = (payload.isStart() ? PayloadFlag.SOM : 0) | (payload.isEnd() ? PayloadFlag.EOM : 0)
				| (payload.isRelatedStart() ? PayloadFlag.RELATED_START : 0)
				| (payload.isRelatedEnd() ? PayloadFlag.RELATED_END : 0)
				| (payload.isPerf() ? PayloadFlag.PERF_JSON : 0);
		String rideshare = payload.rideshare();
		if (this.loop.inEventLoop() && this.started) {
			this.proxied.onReceive(flags, rideshare, payload.content());
			return;
		}
		ByteBuf content = payload.content().retain();
		int cost = OVERHEAD + content.readableBytes();
		if (this.inTransit.addAndGet(cost) >= this.mostInTransit) {
			this.crowded.set(true);
			stream.pauseReceiving();
		}
		if (!report(() -> {
			try {
				this.proxied.onReceive(flags, rideshare, content);
			}
			finally {
				content.release();
				arrived(cost);
			}
		})) {
			content.release();
		}
	}

	private void arrived(int cost) {
		if (this.inTransit.addAndGet(-cost) == 0 && this.crowded.compareAndSet(true, false)) {
			this.proxied.applyPause();
		}
	}

	@Override
	public void onWritable(SecureStream stream, TxSlot slot) {
		if (this.loop.inEventLoop()) {
			this.proxied.onWritable(slot);
			return;
		}
		DetachedSlot detached = slot.detach();
		if (!report(() -> {
			try {
				this.proxied.onWritable(detached);
			}
			finally {
				detached.submit();
			}
		})) {
			detached.discard();
		}
	}

	private boolean report(Runnable report) {
		if (!this.loop.inEventLoop()) {
			try {
				this.loop.execute(report);
				return true;
			}
			catch (RejectedExecutionException ex) {
				return false;
			}
		}
		if (this.started) {
			report.run();
		}
		else {
			this.early.add(report);
		}
		return true;
	}

}
