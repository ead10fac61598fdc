package io.securestreams.proxy.wire;

/**
 * TXCR_UPDATE: from the client how many bytes more the peer may send, from the proxy how
 * many more the peer takes.
 * <p>
 * Between our own ends, less than none says which body begins with the client's next
 * payload: for the how many-th {@link ConnState#BODY_WANTED} of the link, with a minus
 * before it. What the client has sent before it knew that its attempt had failed would
 * otherwise begin the body of the next.
 *
 * @param bytes what to add, may be negative
 */
public record TxCredit(int bytes) implements ClientFrame, ProxyFrame {

}
