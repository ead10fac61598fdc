package io.securestreams.transport.loop;

import java.util.concurrent.Executor;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SingleThreadIoEventLoop;

/**
 * An event loop that knows its {@link EventLoopExecutor}, so that finding it costs a
 * field.
 */
final class StreamEventLoop extends SingleThreadIoEventLoop {

	private final EventLoopExecutor streamExecutor = new EventLoopExecutor(this);

	StreamEventLoop(IoEventLoopGroup parent, Executor executor, IoHandlerFactory ioHandlerFactory) {
		super(parent, executor, ioHandlerFactory);
	}

	EventLoopExecutor streamExecutor() {
		return this.streamExecutor;
	}

}
