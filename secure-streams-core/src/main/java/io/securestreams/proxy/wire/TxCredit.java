package io.securestreams.proxy.wire;

/**
 * TXCR_UPDATE: from the client how many bytes more the peer may send, from the proxy how
 * many more the peer takes.
 *
 * @param bytes what to add, may be negative
 */
public record TxCredit(int bytes) implements ClientFrame, ProxyFrame {

}
