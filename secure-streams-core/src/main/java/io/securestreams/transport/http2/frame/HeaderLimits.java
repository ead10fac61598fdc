package io.securestreams.transport.http2.frame;

/**
 * How much of a message's header a peer may send.
 *
 * @param maxSize largest header, by the count of SETTINGS_MAX_HEADER_LIST_SIZE, which is
 * bytes and 32 for each field
 * @param maxFields most fields
 * @param maxContinuations most CONTINUATION frames
 */
public record HeaderLimits(int maxSize, int maxFields, int maxContinuations) {
}
