package io.securestreams.transport.listen;

import java.util.function.Supplier;

import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

import io.securestreams.policy.TrafficClass;

/**
 * What a socket is bound to, and how its connections start.
 *
 * @param owner who wants it, for logs: a streamtype, or {@code !vhost}
 * @param endpoint interface, address, {@code +/path} or {@code +@name}; empty for all
 * interfaces
 * @param port TCP port; 0 means any free one
 * @param marking packet marking
 * @param tls gives the context of each connection, or {@code null} for no TLS
 */
public record ListenPoint(String owner, String endpoint, int port, TrafficClass marking,
		@Nullable Supplier<SslContext> tls) {

}
