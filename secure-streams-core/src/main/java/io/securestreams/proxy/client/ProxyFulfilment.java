package io.securestreams.proxy.client;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.engine.stream.Fulfilment;
import io.securestreams.engine.stream.RxGate;
import io.securestreams.engine.stream.StreamCore;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.proxy.client.link.UpstreamLink;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;

/**
 * Has a proxy do what a stream is asked for; {@link ProxyReports} brings back what comes
 * of it. Inside the stream's context.
 */
final class ProxyFulfilment implements Fulfilment {

	private final StreamCore core;

	private final RxGate rx;

	private final UpstreamLink link;

	private final RemoteTimeout timeout;

	private final OnwardTransport transport;

	private final OnwardLife life;

	private final ProxyReports reports;

	/** The link waits until the handler has had CREATING. */
	private boolean early;

	ProxyFulfilment(StreamCore core, ProxiedStreams streams, LinkGreeting greeting) {
		this.core = core;
		this.rx = core.rx();
		this.reports = new ProxyReports(core, streams, greeting);
		this.link = this.reports.link();
		this.timeout = this.reports.timeout();
		this.transport = this.reports.transport();
		this.life = this.reports.life();
	}

	@Override
	public @Nullable StreamPolicy policy() {
		return null;
	}

	@Override
	public String protocol() {
		Protocol spoken = this.life.kind().protocol();
		return (spoken != null) ? spoken.policyName() : "proxy";
	}

	@Override
	public @Nullable String peer() {
		return this.link.peer();
	}

	@Override
	public @Nullable StreamFailure lastFailure() {
		return this.life.failures().last();
	}

	@Override
	public int retryCount() {
		return this.life.failures().count();
	}

	@Override
	public @Nullable StreamTransport transport() {
		return this.life.phase().isUp() ? this.transport : null;
	}

	@Override
	public boolean isConnected() {
		return this.life.is(OnwardPhase.CONNECTED);
	}

	@Override
	public void created() {
		// The proxy may connect at once, with the metadata there is then
		this.early = this.core.requests().holdsAttempts();
		if (!this.early) {
			this.link.open();
		}
	}

	@Override
	public void resumed() {
		if (this.early) {
			this.early = false;
			this.link.open();
		}
	}

	@Override
	public void connect() {
		resumed();
		if (isConnected() && this.core.tx().isOverAfterAnswer()) {
			this.life.request().wantAgain();
			return;
		}
		this.life.request().want();
		if (this.life.phase().isFree()) {
			this.link.hurry();
			this.life.ask();
		}
	}

	@Override
	public void connectToSend() {
		resumed();
		this.life.request().wantToSend();
		// Proxies of ours know best whether it is time for another attempt
		boolean askable = this.life.kind().isKnown() ? this.life.phase().isFree() : this.life.is(OnwardPhase.IDLE);
		if (askable) {
			this.life.ask();
		}
	}

	@Override
	public void disconnect() {
		this.core.tx().forget();
		this.life.request().forget();
		if (!this.life.is(OnwardPhase.IDLE)) {
			// There is no other way to tell the proxy
			this.link.close();
			this.rx.clear();
			this.life.disconnect(failure(Phase.APPLICATION, "disconnected by the application", null));
		}
	}

	@Override
	public void hangUp() {
		if (this.life.phase().isUp()) {
			renew(failure(Phase.APPLICATION, "the application hung up", null));
		}
	}

	@Override
	public void drop() {
		if (!this.life.is(OnwardPhase.IDLE)) {
			Throwable fault = this.core.announcer().fault();
			renew(failure(Phase.HANDLER, "the handler threw " + fault, fault));
		}
	}

	/** The proxy is not asked to disconnect in another way, either. */
	private void renew(StreamFailure reason) {
		this.link.renew();
		this.rx.clear();
		this.life.linkLost(reason);
	}

	private StreamFailure failure(Phase phase, String message, @Nullable Throwable cause) {
		return StreamFailure.sent(phase, message, String.valueOf(peer()), cause);
	}

	@Override
	public void drain() {
		this.life.drain();
	}

	@Override
	public void progressed() {
		this.life.destroyIfDrained();
	}

	@Override
	public boolean startTimeout(long millis) {
		return this.timeout.start(millis);
	}

	@Override
	public void cancelTimeout() {
		this.timeout.cancel();
	}

	@Override
	public void abandoned() {
		this.transport.handovers().close(this.core.id());
	}

	@Override
	public void end() {
		this.reports.end();
	}

}
