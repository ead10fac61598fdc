package io.securestreams.transport.fault;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.MetadataAccess;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.MessagePart;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamOptions;
import io.securestreams.stream.platform.WakeLock;

/**
 * Passes on what a transport reports, as far as the connection is meant to last.
 */
final class FaultyLink implements ClientLink {

	private final ClientLink link;

	private final long limit;

	private final Runnable cut;

	private long left;

	/**
	 * Makes a link.
	 * @param link the engine's
	 * @param limit most bytes received on a connection, 0 for any number
	 * @param cut is told when they are
	 */
	FaultyLink(ClientLink link, long limit, Runnable cut) {
		this.link = link;
		this.limit = limit;
		this.cut = cut;
	}

	/** An attempt starts. */
	void begin() {
		this.left = this.limit;
	}

	@Override
	public void received(ByteBuf payload, int flags) {
		int length = payload.readableBytes();
		if (this.limit == 0 || length < this.left) {
			this.left -= length;
			this.link.received(payload, flags);
			return;
		}
		ByteBuf rest = payload.slice(payload.readerIndex(), (int) this.left);
		this.left = 0;
		if (rest.isReadable()) {
			this.link.received(rest, flags & ~PayloadFlags.EOM);
		}
		this.cut.run();
	}

	@Override
	public String tag() {
		return this.link.tag();
	}

	@Override
	public StreamPolicy policy() {
		return this.link.policy();
	}

	@Override
	public MetadataAccess metadata() {
		return this.link.metadata();
	}

	@Override
	public StreamExecutor executor() {
		return this.link.executor();
	}

	@Override
	public WakeLock wakeLock() {
		return this.link.wakeLock();
	}

	@Override
	public boolean txRequested() {
		return this.link.txRequested();
	}

	@Override
	public long txLength() {
		return this.link.txLength();
	}

	@Override
	public void connected(String peer) {
		this.link.connected(peer);
	}

	@Override
	public void timings(ConnectionTimings timings) {
		this.link.timings(timings);
	}

	@Override
	public void part(MessagePart part) {
		this.link.part(part);
	}

	@Override
	public void writable(int capacity) {
		this.link.writable(capacity);
	}

	@Override
	public void acknowledged(long ordinal) {
		this.link.acknowledged(ordinal);
	}

	@Override
	public void rejected(long ordinal) {
		this.link.rejected(ordinal);
	}

	@Override
	public void completed() {
		this.link.completed();
	}

	@Override
	public void closed(StreamFailure failure) {
		this.link.closed(failure);
	}

	@Override
	public @Nullable Socks5Proxy socks5() {
		return this.link.socks5();
	}

	@Override
	public StreamOptions options() {
		return this.link.options();
	}

	@Override
	public Target target() {
		return this.link.target();
	}

	@Override
	public void bodyless() {
		this.link.bodyless();
	}

	@Override
	public void answered(HttpAnswer head) {
		this.link.answered(head);
	}

	@Override
	public void userState(int userState) {
		this.link.userState(userState);
	}

}
