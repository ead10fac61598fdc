package io.securestreams.proxy.client;

import io.securestreams.engine.stream.StreamCore;
import io.securestreams.engine.stream.TxGate;
import io.securestreams.proxy.client.link.UpstreamLink;
import io.securestreams.proxy.wire.LengthHint;
import io.securestreams.proxy.wire.OnwardConnect;

/**
 * Whether the application wants a connection, and how the proxy is asked for it. Inside
 * the stream's context.
 */
final class OnwardRequest {

	/** The largest number is taken. */
	private static final long MAX_LENGTH = 0xffff_fffeL;

	private final TxGate tx;

	private final UpstreamLink link;

	private final MetadataUpdates metadata;

	/** The application has asked to connect. */
	private boolean wanted;

	/** It has asked again while a complete transaction was ending. */
	private boolean again;

	/** What it has asked for has failed, and it has been told so. */
	private boolean exhausted;

	OnwardRequest(StreamCore core, UpstreamLink link, MetadataUpdates metadata) {
		this.tx = core.tx();
		this.link = link;
		this.metadata = metadata;
	}

	/** The application wants a connection. */
	void want() {
		this.wanted = true;
		this.exhausted = false;
	}

	/** It wants another after the one there is. */
	void wantAgain() {
		this.again = true;
	}

	/** It has something to send. */
	void wantToSend() {
		this.exhausted = false;
	}

	/** It wants none. */
	void forget() {
		this.wanted = false;
		this.again = false;
		this.exhausted = true;
	}

	/** There is none to be had. */
	void exhausted() {
		this.wanted = false;
		this.exhausted = true;
	}

	/** The transaction is over. Takes what has been asked for meanwhile. */
	boolean again() {
		boolean next = this.again;
		this.again = false;
		this.wanted = false;
		return next;
	}

	/** Whether there is to be a connection as soon as there can be. */
	boolean isWanted() {
		return !this.exhausted && (this.wanted || this.tx.isWaiting());
	}

	/** The proxy's part of the stream is gone, and has to be asked for again. */
	void linkLost(OnwardKind kind, OnwardPhase was) {
		boolean under = was.isUp() || was == OnwardPhase.ASKED || was == OnwardPhase.RETRYING;
		if (under && (kind.isDuplex() || kind.repeatable())) {
			this.wanted = true;
		}
	}

	/**
	 * Asks the proxy, or for a link first.
	 * @param kind what the proxy speaks
	 * @return whether the proxy has been asked
	 */
	boolean send(OnwardKind kind) {
		if (!this.link.isUp()) {
			this.link.open();
			return false;
		}
		if (kind.isSystemMessages()) {
			// The proxy connects by itself
			return false;
		}
		this.metadata.write();
		if (kind.isKnown()) {
			sendAsItIs(kind);
		}
		else {
			sendTogether();
		}
		this.link.flush();
		return true;
	}

	/** To a proxy of ours. */
	private void sendAsItIs(OnwardKind kind) {
		// A transaction that is repeated has a body again, whose slots have been given
		// out
		boolean sending = this.tx.isWaiting() || (kind.transactional() && this.tx.isRequested());
		if (sending) {
			long length = this.tx.length();
			boolean told = kind.takesLength() && length >= 0 && length <= MAX_LENGTH;
			this.link.send(new LengthHint(told ? (int) length : LengthHint.UNKNOWN));
		}
		if (this.wanted || !sending) {
			this.link.send(OnwardConnect.INSTANCE);
		}
	}

	/**
	 * To a proxy of libwebsockets, which connects without the length, or twice, unless
	 * both come in one write.
	 */
	private void sendTogether() {
		this.link.send(OnwardConnect.INSTANCE);
		long length = this.tx.length();
		if (length >= 0 && length <= Integer.MAX_VALUE) {
			this.link.send(new LengthHint((int) length));
		}
	}

}
