package io.securestreams.transport.loop;

import java.io.IOException;
import java.io.UncheckedIOException;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * Netty's epoll, for sockets that wait for nothing for a while: those of a peer that has
 * ended its half while the stream was paused. Netty 4.2.19 takes them out of epoll and
 * forgets that it has, so that the next thing they wait for, to read on or to write what
 * the peer has no room for yet, fails with "No such file or directory" and closes them.
 * Here they are registered anew.
 */
final class ReturningEpollHandler implements IoHandler {

	private final IoHandler epoll;

	private ReturningEpollHandler(IoHandler epoll) {
		this.epoll = epoll;
	}

	static IoHandlerFactory factory() {
		IoHandlerFactory epoll = EpollIoHandler.newFactory();
		return new IoHandlerFactory() {
			@Override
			public IoHandler newHandler(ThreadAwareExecutor executor) {
				return new ReturningEpollHandler(epoll.newHandler(executor));
			}

			@Override
			public boolean isChangingThreadSupported() {
				return epoll.isChangingThreadSupported();
			}
		};
	}

	@Override
	public void initialize() {
		this.epoll.initialize();
	}

	@Override
	public int run(IoHandlerContext context) {
		return this.epoll.run(context);
	}

	@Override
	public void prepareToDestroy() {
		this.epoll.prepareToDestroy();
	}

	@Override
	public void destroy() {
		this.epoll.destroy();
	}

	@Override
	public IoRegistration register(IoHandle handle) throws Exception {
		return new Returning(handle, this.epoll.register(handle));
	}

	@Override
	public void wakeup() {
		this.epoll.wakeup();
	}

	@Override
	public boolean isCompatible(Class<? extends IoHandle> handleType) {
		return this.epoll.isCompatible(handleType);
	}

	/** On the event loop only, as all that channels do with theirs. */
	private final class Returning implements IoRegistration {

		private final IoHandle handle;

		private volatile IoRegistration current;

		/** Netty has taken it out of epoll. */
		private boolean out;

		Returning(IoHandle handle, IoRegistration first) {
			this.handle = handle;
			this.current = first;
		}

		@Override
		public <T> T attachment() {
			return this.current.attachment();
		}

		@Override
		public long submit(IoOps ops) {
			boolean nothing = EpollIoOps.NONE.equals(ops);
			if (this.out && !nothing && this.current.isValid()) {
				this.current.cancel();
				this.current = again();
			}
			else if (this.out && nothing) {
				return 0;
			}
			this.out = nothing;
			return this.current.submit(ops);
		}

		private IoRegistration again() {
			try {
				return ReturningEpollHandler.this.epoll.register(this.handle);
			}
			catch (Exception ex) {
				throw new UncheckedIOException(new IOException("the socket cannot be registered again", ex));
			}
		}

		@Override
		public boolean isValid() {
			return this.current.isValid();
		}

		@Override
		public boolean cancel() {
			return this.current.cancel();
		}

	}

}
