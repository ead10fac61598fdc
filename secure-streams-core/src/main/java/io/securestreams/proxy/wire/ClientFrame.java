package io.securestreams.proxy.wire;

/**
 * What a client sends to a proxy.
 */
public sealed interface ClientFrame
		permits StreamType, OnwardConnect, Destroying, TxPayload, MetadataItem, TxCredit, TimeoutUpdate, LengthHint {

}
