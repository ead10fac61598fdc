package io.securestreams.transport.local;

import java.util.concurrent.Executor;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.engine.spi.StreamTransportFactory;

/**
 * A client whose endpoint may be a file at one attempt and a host at the next.
 */
final class FileOrNetworkTransport implements StreamTransport {

	private final StreamLink link;

	private final StreamTransportFactory factory;

	private final StreamTransport file;

	private @Nullable StreamTransport network;

	/** What the current attempt is made with. */
	private StreamTransport current;

	FileOrNetworkTransport(StreamLink link, StreamTransportFactory factory, Executor threads) {
		this.link = link;
		this.factory = factory;
		this.file = new FileTransport(link, threads);
		this.current = this.file;
	}

	@Override
	public void connect() {
		this.current = (this.link.target().address() instanceof Address.File) ? this.file : network();
		this.current.connect();
	}

	private StreamTransport network() {
		StreamTransport made = this.network;
		if (made == null) {
			made = this.factory.client(this.link);
			this.network = made;
		}
		return made;
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
	public void respond(int status) {
		this.current.respond(status);
	}

	@Override
	public void confirmValidity() {
		this.current.confirmValidity();
	}

	@Override
	public void drain() {
		this.current.drain();
	}

	@Override
	public void close() {
		this.current.close();
	}

}
