package io.securestreams.transport.local;

import java.util.concurrent.Executor;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.StreamTransportFactory;
import io.securestreams.engine.spi.TransportKind;

/**
 * A client whose endpoint may be a file at one attempt and a host at the next.
 */
final class FileOrNetworkTransport implements ClientTransport {

	private final ClientLink link;

	private final StreamTransportFactory factory;

	private final ClientTransport file;

	private @Nullable ClientTransport network;

	/** What the current attempt is made with. */
	private ClientTransport current;

	FileOrNetworkTransport(ClientLink link, StreamTransportFactory factory, Executor threads) {
		this.link = link;
		this.factory = factory;
		this.file = new FileTransport(link, threads);
		this.current = this.file;
	}

	@Override
	public void connect() {
		this.current = attempted();
		this.current.connect();
	}

	private ClientTransport attempted() {
		return (this.link.target().address() instanceof Address.File) ? this.file : network();
	}

	private ClientTransport network() {
		ClientTransport made = this.network;
		if (made == null) {
			made = this.factory.client(this.link);
			this.network = made;
		}
		return made;
	}

	@Override
	public TransportKind kind() {
		return attempted().kind();
	}

	@Override
	public void requestWrite() {
		this.current.requestWrite();
	}

	@Override
	public @Nullable String rideshare() {
		return this.current.rideshare();
	}

	@Override
	public void write(ByteBuf payload, int flags, long ordinal) {
		this.current.write(payload, flags, ordinal);
	}

	@Override
	public void pauseReading() {
		this.current.pauseReading();
	}

	@Override
	public void resumeReading() {
		this.current.resumeReading();
	}

	@Override
	public void grantCredit(int bytes) {
		this.current.grantCredit(bytes);
	}

	@Override
	public void confirmValidity() {
		this.current.confirmValidity();
	}

	@Override
	public void delivered() {
		this.current.delivered();
	}

	@Override
	public boolean isInFlight() {
		return this.current.isInFlight();
	}

	@Override
	public void close() {
		this.current.close();
	}

	@Override
	public void release() {
		if (this.network != null) {
			this.network.release();
		}
	}

}
