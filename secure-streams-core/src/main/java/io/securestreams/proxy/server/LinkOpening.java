package io.securestreams.proxy.server;

import org.jspecify.annotations.Nullable;

import io.securestreams.proxy.wire.ClientFrame;
import io.securestreams.proxy.wire.LengthHint;
import io.securestreams.proxy.wire.MetadataItem;
import io.securestreams.proxy.wire.StreamType;
import io.securestreams.proxy.wire.TimeoutUpdate;
import io.securestreams.proxy.wire.TxCredit;
import io.securestreams.proxy.wire.TxPayload;
import io.securestreams.proxy.wire.WireViolation;
import io.securestreams.stream.PrintableText;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.UnknownStreamTypeException;

/**
 * The start of a link: what the client asks for, and whether it gets it. On the link's
 * event loop.
 */
final class LinkOpening {

	private final ProxyLink link;

	private final ProxyServer server;

	private @Nullable StreamType asked;

	/** Before the streamtype is known. */
	private @Nullable TimeoutUpdate earlyTimeout;

	private boolean refused;

	private long buffers;

	LinkOpening(ProxyLink link, ProxyServer server) {
		this.link = link;
		this.server = server;
	}

	/** What the client has asked for, {@code null} before. */
	@Nullable StreamType asked() {
		return this.asked;
	}

	/**
	 * Whether the client is one of ours: those cancel a timeout before they say what they
	 * want, which those of libwebsockets have no reason to, and its proxies ignore.
	 */
	boolean isCoupled() {
		TimeoutUpdate early = this.earlyTimeout;
		return early != null && early.millis() == TimeoutUpdate.CANCEL;
	}

	boolean isRefused() {
		return this.refused;
	}

	/** What counts for the streamtype's buffers, 0 before. */
	long buffers() {
		return this.buffers;
	}

	/**
	 * The client has sent something, and has no stream.
	 * @return the stream, if it has one with that
	 */
	@Nullable LinkedStream onFrame(ClientFrame frame, Peer peer) throws WireViolation {
		if (this.refused) {
			// A client that has been refused goes, soon
			if (frame instanceof MetadataItem || frame instanceof TxPayload || frame instanceof StreamType) {
				throw new WireViolation("a " + frame.getClass().getSimpleName() + " for a stream that was refused");
			}
			return null;
		}
		if (frame instanceof StreamType streamType) {
			return create(streamType, peer);
		}
		if (frame instanceof TimeoutUpdate timeout) {
			this.earlyTimeout = timeout;
		}
		else if (!(frame instanceof TxCredit || frame instanceof LengthHint)) {
			throw new WireViolation("a " + frame.getClass().getSimpleName() + " before the streamtype");
		}
		return null;
	}

	private @Nullable LinkedStream create(StreamType wanted, Peer peer) throws WireViolation {
		if (wanted.version() == 0 && !this.server.settings().version0()) {
			throw new WireViolation("a client of version 0");
		}
		this.asked = wanted;
		String label = PrintableText.of(wanted.name());
		this.link.named(label + "|v" + wanted.version() + "|" + Integer.toUnsignedString(wanted.clientPid()));
		this.buffers = this.server.buffersOf(wanted.name());
		Refusal refusal = this.server.admission().wants(peer, wanted.name(), this.buffers);
		if (refusal != null) {
			refuse(refusal, peer.name() + " may not have \"" + label + "\"");
			return null;
		}
		if (isCoupled()) {
			this.link.out().trust(this.server.clientBufferOf(wanted.name()));
		}
		try {
			return this.server.streamFor(this.link, wanted);
		}
		catch (UnknownStreamTypeException ex) {
			refuse(Refusal.STREAMTYPE, "the policy has no streamtype \"" + label + "\"");
		}
		catch (SecureStreamsException ex) {
			refuse(Refusal.STREAMTYPE, String.valueOf(ex.getMessage()));
		}
		return null;
	}

	private void refuse(Refusal refusal, String detail) {
		this.refused = true;
		this.server.refusals().count(refusal, this.link.name(), detail);
	}

	/**
	 * The timeout that was started before there was a stream, {@code null} if none was.
	 */
	@Nullable TimeoutUpdate earlyTimeout() {
		return this.earlyTimeout;
	}

}
