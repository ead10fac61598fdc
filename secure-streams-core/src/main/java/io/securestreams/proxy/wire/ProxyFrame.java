package io.securestreams.proxy.wire;

/**
 * What a proxy sends to a client.
 */
public sealed interface ProxyFrame permits CreateResult, ConnState, RxPayload, MetadataItem, TxCredit, Perf {

}
