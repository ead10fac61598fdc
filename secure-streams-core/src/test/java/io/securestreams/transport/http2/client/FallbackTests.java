package io.securestreams.transport.http2.client;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Peers that agree on HTTP/1.1 only.
 */
class FallbackTests {

	@Test
	void peerThatSpeaksHttp1OnlyGetsHttp1() {
		AtomicInteger connections = new AtomicInteger();
		SslContext ssl = NettyPeer.ssl(ApplicationProtocolNames.HTTP_1_1);
		MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
		try (Http2TestClient client = new Http2TestClient()) {
			Channel server = new ServerBootstrap().group(group)
				.channel(NioServerSocketChannel.class)
				.childHandler(new ChannelInitializer<Channel>() {

					@Override
					protected void initChannel(Channel channel) {
						connections.incrementAndGet();
						channel.pipeline().addLast(ssl.newHandler(channel.alloc()));
					}

				})
				.bind("localhost", 0)
				.syncUninterruptibly()
				.channel();
			int port = ((InetSocketAddress) server.localAddress()).getPort();
			for (int i = 0; i < 3; i++) {
				Http2TestLink link = client.stream(Http2Policies.get("/").tls().build(), port).connect();
				assertThat(link.awaitEnd()).isEqualTo("completed");
				assertThat(link.peer).isEqualTo("http/1.1");
			}
			// It is remembered
			assertThat(connections).hasValue(1);
		}
		finally {
			group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
		}
	}

}
