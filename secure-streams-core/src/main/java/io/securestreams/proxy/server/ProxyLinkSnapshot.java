package io.securestreams.proxy.server;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A link at one moment, for people and meters.
 *
 * @param address where it was accepted
 * @param client who is at its other end: user, certificate subject or address; empty
 * until that is known
 * @param streamType what it has asked for, empty before
 * @param version of the protocol
 * @param pid what the client says its process id is; 0 if it has none
 * @param streamId the stream in this process, see
 * {@link io.securestreams.stream.SecureStream#id()}; {@code null} if there is none
 * @param since when it was accepted
 * @param queuedBytes from the client, and not sent onward yet
 * @param unreadBytes to the client, and not taken by its socket yet
 * @param reading {@code false} while the client is kept from sending more
 * @param paused whether the onward peer is kept from sending more, because the client
 * does not read
 */
public record ProxyLinkSnapshot(String address, String client, String streamType, int version, long pid,
		@Nullable String streamId, Instant since, long queuedBytes, long unreadBytes, boolean reading, boolean paused) {

}
