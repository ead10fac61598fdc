package io.securestreams.proxy.server;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.ProxyBuffers;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.proxy.server.payload.Buffers;
import io.securestreams.proxy.wire.ClientFrame;
import io.securestreams.proxy.wire.ConnState;
import io.securestreams.proxy.wire.CreateResult;
import io.securestreams.proxy.wire.LengthHint;
import io.securestreams.proxy.wire.MetadataItem;
import io.securestreams.proxy.wire.OnwardConnect;
import io.securestreams.proxy.wire.PayloadFlag;
import io.securestreams.proxy.wire.Perf;
import io.securestreams.proxy.wire.StreamType;
import io.securestreams.proxy.wire.TimeoutUpdate;
import io.securestreams.proxy.wire.TxCredit;
import io.securestreams.proxy.wire.TxPayload;
import io.securestreams.proxy.wire.WireViolation;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamOptions;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.factory.StreamFactory;

/**
 * The stream that a link's client has asked for, connected onward by the policy of this
 * process. On the link's event loop; what the onward stream reports comes through
 * {@link OnwardHandler}.
 */
final class ProxiedStream implements LinkedStream {

	/** Nothing is under way in these. */
	private static final Set<StreamState> IDLE = Collections
		.unmodifiableSet(EnumSet.of(StreamState.CREATING, StreamState.DISCONNECTED, StreamState.ALL_RETRIES_FAILED,
				StreamState.UNREACHABLE, StreamState.AUTH_FAILED));

	/** After these a client asks for its next connection. */
	private static final Set<StreamState> ENDS = Collections
		.unmodifiableSet(EnumSet.of(StreamState.DISCONNECTED, StreamState.ALL_RETRIES_FAILED));

	/** After these the proxy makes the next attempt by itself, if there is one. */
	private static final Set<StreamState> FAILURES = Collections
		.unmodifiableSet(EnumSet.of(StreamState.UNREACHABLE, StreamState.AUTH_FAILED));

	/** What the peer has answered is known by now. */
	private static final Set<StreamState> ANSWERED = Collections
		.unmodifiableSet(EnumSet.of(StreamState.CONNECTED, StreamState.QOS_ACK_REMOTE, StreamState.QOS_NACK_REMOTE,
				StreamState.UNREACHABLE, StreamState.AUTH_FAILED, StreamState.DISCONNECTED));

	private static final Set<StreamState> ACKNOWLEDGEMENTS = Collections
		.unmodifiableSet(EnumSet.of(StreamState.QOS_ACK_REMOTE, StreamState.QOS_NACK_REMOTE));

	/** Bytes that may be on their way from another event loop. */
	private static final int MOST_IN_TRANSIT = 32 * 1024;

	/** Less is left to the peer's own window: clients say more if nothing is set. */
	private static final int AUTOMATIC_CREDIT = 400_000_000;

	private final ProxyLink link;

	private final StreamFactory streams;

	private final SecureStream stream;

	private final OnwardHandler handler;

	private final ClientPayload payload;

	private final ClientStates states = new ClientStates();

	private final boolean requests;

	private final MetadataExchange metadata;

	private StreamState current = StreamState.CREATING;

	private final boolean hasMetadata;

	private boolean paused;

	/** The client has heard CONNECTED before the request is answered. */
	private boolean bodyWanted;

	/** In this attempt the client has been asked for the request's body. */
	private boolean bodyAsked;

	private boolean draining;

	private boolean ended;

	ProxiedStream(ProxyLink link, StreamFactory streams, StreamType wanted) {
		this.link = link;
		this.streams = streams;
		this.handler = new OnwardHandler(link.loop(), this, MOST_IN_TRANSIT);
		this.stream = streams.create(wanted.name(), this.handler, options(streams, wanted));
		this.metadata = new MetadataExchange(link, this.stream);
		StreamPolicy policy = this.stream.policy();
		Protocol protocol = (policy != null) ? policy.protocol().protocol() : Protocol.RAW;
		ProxyBuffers buffers = (policy != null) ? policy.proxyBuffers() : ProxyBuffers.DEFAULTS;
		if (protocol == Protocol.RAW) {
			link.out().plain();
		}
		this.requests = protocol.isHttp();
		this.hasMetadata = policy == null || !policy.metadata().isEmpty();
		this.payload = new ClientPayload(link, this.stream, policy);
		link.waterMarks(Buffers.flowOffBelow(buffers), Buffers.flowOnAbove(buffers));
	}

	/** Only HTTP/2 has credit, and only a client that says how much is held to it. */
	private static StreamOptions options(StreamFactory streams, StreamType wanted) {
		boolean byHand = wanted.credit() >= 0 && wanted.credit() < AUTOMATIC_CREDIT
				&& streams.policy()
					.streamType(wanted.name())
					.filter((policy) -> policy.protocol().protocol() == Protocol.H2)
					.isPresent();
		return byHand ? new StreamOptions(wanted.credit()) : StreamOptions.DEFAULTS;
	}

	@Override
	public String id() {
		return this.stream.id();
	}

	@Override
	public @Nullable String spoken() {
		StreamPolicy policy = this.stream.policy();
		if (policy == null) {
			return null;
		}
		String protocol = policy.protocol().protocol().policyName();
		return (policy.protocol() instanceof HttpPolicy http) ? protocol + " " + http.method() : protocol;
	}

	@Override
	public CreateResult created(StreamType wanted) {
		StreamPolicy policy = this.stream.policy();
		long clientBuffer = (policy != null) ? policy.proxyBuffers().clientBuffer() : 0;
		StringBuilder list = new StringBuilder(wanted.name());
		String next = (policy != null) ? policy.features().rideshare() : "";
		for (int names = 1; !next.isEmpty() && names < CreateResult.MAX_NAMES; names++) {
			if (list.length() + 1 + next.length() > CreateResult.MAX_LIST_LENGTH) {
				break;
			}
			list.append(',').append(next);
			next = this.streams.policy().streamType(next).map((riding) -> riding.features().rideshare()).orElse("");
		}
		return new CreateResult(wanted.version(), 0, (wanted.version() > 0) ? (int) clientBuffer : 0, list.toString());
	}

	@Override
	public void start() {
		this.handler.start();
	}

	@Override
	public void onFrame(ClientFrame frame) throws WireViolation {
		if (frame instanceof TxPayload sent) {
			this.payload.add(sent);
			tellDropped();
		}
		else if (frame instanceof OnwardConnect) {
			this.payload.wantsConnection();
			this.stream.connect();
		}
		else if (frame instanceof MetadataItem item) {
			this.metadata.set(item);
		}
		else if (frame instanceof LengthHint hint) {
			this.payload.hint(hint);
		}
		else if (frame instanceof TimeoutUpdate timeout) {
			onTimeout(timeout);
		}
		else if (frame instanceof TxCredit credit) {
			if (credit.bytes() > 0) {
				this.stream.grantCredit(credit.bytes());
			}
			else if (this.link.isCoupled()) {
				this.payload.bodies().begins(-credit.bytes());
			}
		}
		else {
			this.link.close();
		}
	}

	@Override
	public void onTimeout(TimeoutUpdate timeout) {
		switch (timeout.millis()) {
			case TimeoutUpdate.CANCEL -> this.stream.cancelTimeout();
			case TimeoutUpdate.OF_POLICY -> this.stream.startTimeout();
			default -> this.stream.startTimeout(Duration.ofMillis(Integer.toUnsignedLong(timeout.millis())));
		}
	}

	/** The onward stream is in another state. */
	void onState(StreamState state, long ordinal) {
		if (state != StreamState.TIMEOUT) {
			this.current = state;
			this.payload.stateChanged();
		}
		if (state == StreamState.CONNECTING) {
			this.metadata.forget();
			this.bodyAsked = false;
		}
		if (state == StreamState.DESTROYING) {
			this.ended = true;
			this.link.finish();
			return;
		}
		if (this.hasMetadata && ANSWERED.contains(state)) {
			this.metadata.tell();
		}
		tell(state, ordinal);
		// Of a body that has been asked for the client sends all to the next attempt
		if (ENDS.contains(state) || (this.bodyAsked && FAILURES.contains(state))) {
			this.payload.forget();
			if (this.requests && ENDS.contains(state)) {
				this.payload.bodies().over();
			}
		}
		else if (state == StreamState.CONNECTED) {
			this.payload.connected();
			tellDropped();
		}
		if (this.draining && IDLE.contains(state)) {
			this.link.finish();
		}
	}

	private void tell(StreamState state, long ordinal) {
		int number = ACKNOWLEDGEMENTS.contains(state) ? this.payload.acknowledged(ordinal) : (int) ordinal;
		boolean wasEarly = this.bodyWanted;
		if (state != StreamState.TIMEOUT) {
			this.bodyWanted = false;
		}
		if (this.link.isCoupled()) {
			if (!ClientStates.isOurs(state)) {
				this.link.send(new ConnState(state.code(), number));
			}
			return;
		}
		if (wasEarly && state == StreamState.CONNECTED) {
			return;
		}
		for (StreamState next : this.states.next(state)) {
			this.link.send(new ConnState(next.code(), (next == state) ? number : 0));
		}
	}

	/** Messages that went no further are told as the peer's rejections are. */
	private void tellDropped() {
		if (this.current != StreamState.CONNECTED && !ACKNOWLEDGEMENTS.contains(this.current)) {
			return;
		}
		Integer frame = this.payload.nextDropped();
		while (frame != null) {
			this.states.next(StreamState.QOS_NACK_REMOTE);
			this.link.send(new ConnState(StreamState.QOS_NACK_REMOTE.code(), frame));
			frame = this.payload.nextDropped();
		}
	}

	/**
	 * A request can take its body, which clients begin to send when they hear CONNECTED.
	 */
	private void wantBody() {
		this.bodyAsked = true;
		this.payload.bodies().expect();
		if (this.link.isCoupled()) {
			this.payload.bodies().ask();
			this.link.send(new ConnState(StreamState.CONNECTED.code(), ConnState.BODY_WANTED));
		}
		else if (this.current == StreamState.CONNECTING) {
			this.bodyWanted = true;
			for (StreamState next : this.states.next(StreamState.CONNECTED)) {
				this.link.send(new ConnState(next.code(), 0));
			}
		}
	}

	void onUserState(int state) {
		if (this.hasMetadata) {
			this.metadata.tell();
		}
		this.link.send(new ConnState(state, 0));
	}

	/** Payload has come from the onward peer. */
	void onReceive(int flags, String rideshare, ByteBuf content) {
		if ((flags & PayloadFlag.PERF_JSON) != 0) {
			String json = content.toString(StandardCharsets.UTF_8);
			if (!json.isEmpty() && content.readableBytes() < 65536) {
				this.link.send(new Perf(json), content.readableBytes());
			}
			return;
		}
		if (this.hasMetadata && (flags & PayloadFlag.SOM) != 0) {
			this.metadata.tell();
		}
		if (this.link.isOpen()) {
			this.link.out().payload(flags, rideshare.equals(this.stream.streamType()) ? null : rideshare, content);
		}
	}

	/** The onward connection takes payload. */
	void onWritable(TxSlot slot) {
		// Some peers answer before they have the body
		boolean open = this.current == StreamState.CONNECTING || this.current == StreamState.CONNECTED;
		if (this.requests && open && !this.bodyAsked) {
			wantBody();
		}
		this.payload.fill(slot);
	}

	@Override
	public void onWritability(boolean writable) {
		if (this.paused == writable) {
			this.paused = !writable;
			applyPause();
		}
	}

	/** The stream waits for the client, and for what is on its way from another loop. */
	void applyPause() {
		if (this.paused) {
			this.stream.pauseReceiving();
		}
		else if (!this.handler.isCrowded()) {
			this.stream.resumeReceiving();
		}
	}

	@Override
	public boolean isFlowing() {
		return this.payload.isFlowing();
	}

	@Override
	public void onLinkEnd() {
		this.payload.clear();
		if (!this.ended) {
			this.ended = true;
			this.stream.close();
		}
	}

	@Override
	public void drain() {
		this.draining = true;
		if (IDLE.contains(this.current)) {
			this.link.finish();
		}
	}

	@Override
	public long queued() {
		return this.payload.queued();
	}

	@Override
	public boolean isPaused() {
		return this.paused;
	}

}
