package io.securestreams.transport;

import io.securestreams.engine.spi.TlsIdentities;

/**
 * TLS contexts, made when first needed and kept. May be used from any thread.
 */
public final class TlsContexts {

	/** Name of the {@code SslHandler} in every pipeline. */
	public static final String HANDLER = "tls";

	TlsContexts(TlsIdentities identities) {
	}

	void close() {
	}

}
