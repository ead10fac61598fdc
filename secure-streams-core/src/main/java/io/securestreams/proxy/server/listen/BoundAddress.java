package io.securestreams.proxy.server.listen;

import java.io.IOException;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.BoundListener;
import io.securestreams.proxy.ProxyAddress;

/**
 * One of the addresses that a proxy listens at.
 *
 * @param address with the port that it has got
 * @param listener what is bound
 * @param file of a unix socket that has one
 */
public record BoundAddress(ProxyAddress address, BoundListener listener, @Nullable SocketFile file) {

	private static final Logger logger = LoggerFactory.getLogger(BoundAddress.class);

	/**
	 * Stops to listen there.
	 * @return completes when nobody can connect any more
	 */
	public CompletionStage<Void> close() {
		SocketFile socket = this.file;
		if (socket != null) {
			// First the file, so that the next process finds none that nobody serves
			try {
				socket.remove();
			}
			catch (IOException ex) {
				logger.warn("{} cannot be removed: {}", this.address, ex.toString());
			}
		}
		return this.listener.close();
	}

}
