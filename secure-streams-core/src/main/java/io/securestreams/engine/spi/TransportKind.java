package io.securestreams.engine.spi;

/**
 * What a transport carries, which is all the engine knows of protocols.
 */
public enum TransportKind {

	/** Bytes without marks, both ways at any time. */
	BYTES,

	/** Messages, both ways at any time. */
	MESSAGES,

	/** One message each way, then the transaction is over. */
	TRANSACTIONS

}
