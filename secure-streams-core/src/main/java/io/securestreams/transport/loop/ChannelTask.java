package io.securestreams.transport.loop;

import java.util.function.Supplier;

import io.netty.channel.Channel;

/**
 * Something that a connection does later. What it throws ends the connection, as what its
 * handlers throw does; the event loop would log it and leave the connection half done.
 */
public final class ChannelTask implements Runnable {

	private final Supplier<? extends Channel> channel;

	private final Runnable task;

	private ChannelTask(Supplier<? extends Channel> channel, Runnable task) {
		this.channel = channel;
		this.task = task;
	}

	/**
	 * Makes a task.
	 * @param channel gives the connection
	 * @param task what it does, on its event loop
	 * @return runs it
	 */
	public static Runnable of(Supplier<? extends Channel> channel, Runnable task) {
		return new ChannelTask(channel, task);
	}

	@Override
	public void run() {
		try {
			this.task.run();
		}
		catch (Throwable ex) {
			this.channel.get().pipeline().fireExceptionCaught(ex);
		}
	}

}
