package io.securestreams.engine.stream;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.StreamFailure;

/**
 * Stands in until a stream has been put together.
 */
final class NoFulfilment implements Fulfilment {

	static final NoFulfilment YET = new NoFulfilment();

	@Override
	public @Nullable StreamPolicy policy() {
		return null;
	}

	@Override
	public String protocol() {
		return "";
	}

	@Override
	public @Nullable String peer() {
		return null;
	}

	@Override
	public @Nullable StreamFailure lastFailure() {
		return null;
	}

	@Override
	public int retryCount() {
		return 0;
	}

	@Override
	public @Nullable StreamTransport transport() {
		return null;
	}

	@Override
	public boolean isConnected() {
		return false;
	}

	@Override
	public void created() {
	}

	@Override
	public void connect() {
	}

	@Override
	public void connectToSend() {
	}

	@Override
	public void disconnect() {
	}

	@Override
	public void drop() {
	}

	@Override
	public void drain() {
	}

	@Override
	public void end() {
	}

}
