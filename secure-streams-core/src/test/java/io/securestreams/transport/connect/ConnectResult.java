package io.securestreams.transport.connect;

import java.util.concurrent.CompletableFuture;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

import io.securestreams.stream.StreamFailure;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TransportRuntime;

/**
 * How an attempt ended.
 *
 * @param channel the connection, or {@code null}
 * @param failure the failure, or {@code null}
 * @param report the report
 */
public record ConnectResult(@Nullable Channel channel, @Nullable StreamFailure failure, ConnectReport report) {

	/** Connects and waits for the end. */
	public static ConnectResult of(TransportRuntime runtime, Origin origin) {
		CompletableFuture<ConnectResult> result = new CompletableFuture<>();
		EventLoop loop = runtime.loops().next().eventLoop();
		loop.execute(() -> runtime.connector().connect(loop, origin, completing(result)));
		return TestLink.await(result);
	}

	public static ConnectListener completing(CompletableFuture<ConnectResult> result) {
		return new ConnectListener() {
			@Override
			public void connected(Channel channel, ConnectReport report) {
				if (!result.complete(new ConnectResult(channel, null, report))) {
					throw new AssertionError("reported twice");
				}
			}

			@Override
			public void failed(StreamFailure failure, ConnectReport report) {
				if (!result.complete(new ConnectResult(null, failure, report))) {
					throw new AssertionError("reported twice");
				}
			}
		};
	}

	public Channel open() {
		if (this.channel == null) {
			throw new AssertionError("not connected: " + this.failure);
		}
		return this.channel;
	}

	public StreamFailure failed() {
		if (this.failure == null) {
			throw new AssertionError("connected to " + this.report.peer());
		}
		return this.failure;
	}

	public void close() {
		open().close().syncUninterruptibly();
	}

}
