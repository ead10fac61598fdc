/**
 * Streams without a network: local sources and sinks, {@code file://} endpoints.
 *
 * <p>
 * {@code SinkTransport} is one end of a pair: a slot is offered while the other end wants
 * to receive, and its buffer becomes the other end's payload. {@code FileAwareTransports}
 * stands in front of each protocol's factory and gives streams whose endpoint is a file a
 * {@code FileTransport}, which has {@code FileThreads} read and never waits itself.
 */
@NullMarked
package io.securestreams.transport.local;

import org.jspecify.annotations.NullMarked;
