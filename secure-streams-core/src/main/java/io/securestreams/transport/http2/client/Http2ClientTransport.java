package io.securestreams.transport.http2.client;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.Target;
import io.securestreams.engine.spi.TransportKind;
import io.securestreams.policy.HttpPolicy;

/**
 * One client stream: HTTP/2 where the peer speaks it, else HTTP/1.1. Which it is shows
 * anew in each attempt.
 */
final class Http2ClientTransport implements ClientTransport {

	private final ClientLink link;

	private final boolean priorKnowledge;

	private final Http2Sharing sharing;

	private final Http2Transaction http2;

	private @Nullable ClientTransport http1;

	/** Whether the current attempt is HTTP/1.1. */
	private boolean fellBack;

	private boolean paused;

	Http2ClientTransport(ClientLink link, HttpPolicy policy, ConnectionPool pool, Http2Sharing sharing, int credit) {
		this.link = link;
		this.priorKnowledge = policy.http2().priorKnowledge();
		this.sharing = sharing;
		this.http2 = new Http2Transaction(link, policy, pool, sharing.services(), credit, this::fallBack);
	}

	@Override
	public TransportKind kind() {
		return TransportKind.TRANSACTIONS;
	}

	@Override
	public void connect() {
		this.fellBack = false;
		this.paused = false;
		this.http2.resumeReading();
		Target target = this.link.target();
		if (target.tls() || this.priorKnowledge) {
			this.http2.start(target);
		}
		else {
			fallBack();
		}
	}

	@Override
	public void requestWrite() {
		if (this.fellBack) {
			http1().requestWrite();
		}
		else {
			this.http2.requestWrite();
		}
	}

	@Override
	public @Nullable String rideshare() {
		return this.fellBack ? http1().rideshare() : this.http2.rideshare();
	}

	@Override
	public void write(ByteBuf payload, int flags, long ordinal) {
		if (this.fellBack) {
			http1().write(payload, flags, ordinal);
		}
		else {
			this.http2.write(payload, flags, ordinal);
		}
	}

	@Override
	public void pauseReading() {
		this.paused = true;
		this.http2.pauseReading();
		if (this.fellBack) {
			http1().pauseReading();
		}
	}

	@Override
	public void resumeReading() {
		this.paused = false;
		this.http2.resumeReading();
		if (this.fellBack) {
			http1().resumeReading();
		}
	}

	@Override
	public void grantCredit(int bytes) {
		if (!this.fellBack) {
			this.http2.grantCredit(bytes);
		}
	}

	@Override
	public void confirmValidity() {
		if (this.fellBack) {
			http1().confirmValidity();
		}
		else {
			this.http2.confirmValidity();
		}
	}

	@Override
	public void close() {
		if (this.fellBack) {
			http1().close();
		}
		else {
			this.http2.close();
		}
	}

	private void fallBack() {
		this.fellBack = true;
		ClientTransport http1 = http1();
		http1.connect();
		if (this.paused) {
			http1.pauseReading();
		}
	}

	private ClientTransport http1() {
		if (this.http1 == null) {
			this.http1 = this.sharing.http1().client(this.link);
		}
		return this.http1;
	}

}
