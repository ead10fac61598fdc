package io.securestreams.proxy.client;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.stream.RxGate;
import io.securestreams.engine.stream.SerialContext;
import io.securestreams.engine.stream.StreamCore;
import io.securestreams.proxy.client.link.LinkUser;
import io.securestreams.proxy.client.link.UpstreamLink;
import io.securestreams.proxy.client.payload.SystemMessageFrames;
import io.securestreams.proxy.client.payload.TimingsText;
import io.securestreams.proxy.wire.ConnState;
import io.securestreams.proxy.wire.CreateResult;
import io.securestreams.proxy.wire.MetadataItem;
import io.securestreams.proxy.wire.PayloadFlag;
import io.securestreams.proxy.wire.Perf;
import io.securestreams.proxy.wire.ProxyFrame;
import io.securestreams.proxy.wire.RxPayload;
import io.securestreams.proxy.wire.TxCredit;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.PrintableText;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamState;

/**
 * What a proxy says of a stream: brought into the stream's context and in order; what has
 * become pointless is dropped. On the event loop of the stream.
 */
final class ProxyReports implements LinkUser {

	private static final int PASSED_FLAGS = PayloadFlags.SOM | PayloadFlags.EOM | PayloadFlags.RELATED_START
			| PayloadFlags.RELATED_END;

	/** Most characters of what a proxy says of a refusal. */
	private static final int MAX_REASON = 300;

	private final StreamCore core;

	private final SerialContext context;

	private final RxGate rx;

	private final UpstreamLink link;

	private final MetadataUpdates metadata;

	private final RemoteTimeout timeout;

	private final OnwardTransport transport;

	private final OnwardLife life;

	private final SystemMessageFrames systemMessages;

	/** How many times this link's proxy has asked for a body. */
	private int bodiesAsked;

	ProxyReports(StreamCore core, ProxiedStreams streams, LinkGreeting greeting) {
		this.core = core;
		this.context = core.context();
		this.rx = core.rx();
		this.link = new UpstreamLink(core.id(), this.context.executor(), streams.connector(), () -> greeting.next(core),
				streams.random(), streams.linkLog(), this);
		this.metadata = new MetadataUpdates(core.id(), core.metadata(), this.link);
		this.timeout = new RemoteTimeout(core, this.link);
		this.transport = new OnwardTransport(core, this.link, this.metadata);
		this.life = new OnwardLife(core, greeting.kind(), this.link, this.transport, this.metadata, this.timeout);
		this.systemMessages = new SystemMessageFrames(core.id());
	}

	UpstreamLink link() {
		return this.link;
	}

	RemoteTimeout timeout() {
		return this.timeout;
	}

	OnwardTransport transport() {
		return this.transport;
	}

	OnwardLife life() {
		return this.life;
	}

	/** The stream is gone. */
	void end() {
		this.systemMessages.clear();
		this.life.end();
		this.link.end();
	}

	@Override
	public void greeted() {
		this.bodiesAsked = 0;
		this.systemMessages.clear();
		this.metadata.restart();
		this.metadata.write();
	}

	@Override
	public void created(CreateResult result) {
		this.core.report(() -> {
			this.transport.parts(result.names());
			this.life.created();
		});
	}

	@Override
	public void refused(StreamFailure failure) {
		this.core.report(() -> this.life.refused(failure));
	}

	@Override
	public void revoked(StreamFailure failure) {
		this.transport.linkGone();
		this.systemMessages.clear();
		this.core.report(() -> this.life.revoked(failure));
	}

	@Override
	public void retrying(StreamFailure failure, long millis) {
		this.core.report(() -> this.life.retrying(failure, millis));
	}

	@Override
	public void lost(StreamFailure failure) {
		// Before it is told: nothing of this stream may go out on the next link
		this.transport.linkGone();
		this.systemMessages.clear();
		this.core.report(() -> this.life.linkLost(failure));
	}

	@Override
	public void frame(ProxyFrame frame) {
		if (frame instanceof RxPayload payload) {
			payload(payload);
		}
		else if (frame instanceof ConnState state) {
			state(state);
		}
		else if (frame instanceof MetadataItem item) {
			metadata(item);
		}
		else if (frame instanceof TxCredit credit) {
			this.core.report(() -> this.transport.credit(credit.bytes()));
		}
		else if (frame instanceof Perf perf) {
			timings(perf.json());
		}
	}

	private void state(ConnState reported) {
		int code = reported.state();
		long ordinal = Integer.toUnsignedLong(reported.ordinal());
		StreamState state = StreamState.ofCode(code);
		if (state == StreamState.CONNECTED && ordinal == ConnState.BODY_WANTED && this.life.kind().isKnown()
				&& this.life.kind().transactional()) {
			// Counted as they come, whatever becomes of them: the proxy counts, too
			int body = ++this.bodiesAsked;
			this.core.report(() -> this.life.states().bodyWanted(body));
		}
		else if (state != null) {
			this.core.report(() -> this.life.states().reported(state, ordinal));
		}
		else if (code >= StreamState.FIRST_USER_STATE) {
			this.core.report(() -> this.core.announcer().userState(code));
		}
		else {
			this.link.violated("state " + Integer.toUnsignedString(code));
		}
	}

	private void metadata(MetadataItem item) {
		if (item.name().equals(MetadataItem.SPOKEN)) {
			this.life.spoken(OnwardKind.of(text(item)));
			return;
		}
		if (item.name().equals(MetadataItem.REFUSED)) {
			this.link.refused(PrintableText.of(text(item), MAX_REASON));
			return;
		}
		if (!this.metadata.accepts(item)) {
			this.link.violated("too much metadata");
			return;
		}
		this.core.report(() -> this.core.metadata().receiveDirect(item.name(), text(item)));
	}

	private static String text(MetadataItem item) {
		return new String(item.value(), StandardCharsets.UTF_8);
	}

	private void timings(String json) {
		ConnectionTimings timings = TimingsText.parse(json);
		if (timings == null) {
			return;
		}
		if (this.rx.holdsPayload()) {
			this.rx.hold(() -> timingsNow(timings));
		}
		else {
			timingsNow(timings);
		}
	}

	private void timingsNow(ConnectionTimings timings) {
		inContext(() -> this.rx.timings(timings));
	}

	private void payload(RxPayload frame) {
		if ((frame.head().flags() & PayloadFlag.PERF_JSON) != 0) {
			if (frame.isFirst() && frame.isLast()) {
				timings(frame.content().toString(StandardCharsets.UTF_8));
			}
			return;
		}
		int flags = frame.flags() & PASSED_FLAGS;
		if (!frame.content().isReadable() && flags == 0) {
			return;
		}
		if (this.life.kind().isSystemMessages()) {
			systemMessage(frame.content().retainedSlice(), flags);
		}
		else {
			payload(frame.content(), flags, frame.head().rideshare());
		}
	}

	private void systemMessage(ByteBuf piece, int flags) {
		ByteBuf whole = this.systemMessages.add(piece, flags);
		if (whole != null) {
			try {
				payload(whole, PayloadFlags.SOM | PayloadFlags.EOM, null);
			}
			finally {
				whole.release();
			}
		}
	}

	private void payload(ByteBuf content, int flags, @Nullable String owner) {
		if (this.rx.holdsPayload()) {
			ByteBuf kept = content.retainedSlice();
			this.rx.hold(() -> received(kept, flags, owner), kept);
			this.transport.choke();
		}
		else {
			received(content, flags, owner);
		}
	}

	private void received(ByteBuf payload, int flags, @Nullable String owner) {
		inContext(() -> {
			if (this.life.states().ensureConnected()) {
				if (owner != null) {
					this.rx.rideshare(owner);
				}
				this.transport.handovers().heard();
				this.core.deliver(payload, flags);
			}
		});
	}

	private void inContext(Runnable step) {
		this.context.enter();
		try {
			if (!this.core.isDestroyed() && !this.core.requests().interrupted()) {
				step.run();
			}
		}
		finally {
			this.context.exit();
		}
	}

	@Override
	public void turn() {
		if (this.transport.isChoked()) {
			if (this.rx.holdsPayload()) {
				// Comes after what has been held
				this.rx.hold(this.transport::unchoke);
			}
			else {
				this.transport.unchoke();
			}
		}
		this.transport.serve();
	}

}
