package io.securestreams.transport.http2.client;

import io.netty.channel.EventLoop;

import io.securestreams.transport.connect.ConnectAttempt;
import io.securestreams.transport.connect.ConnectListener;
import io.securestreams.transport.connect.Origin;

/**
 * What makes network connections: {@code Connector::connect}.
 */
@FunctionalInterface
interface ConnectionSource {

	ConnectAttempt connect(EventLoop loop, Origin origin, ConnectListener listener);

}
