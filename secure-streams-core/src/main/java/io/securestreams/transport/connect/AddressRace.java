package io.securestreams.transport.connect;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

import io.securestreams.transport.loop.PeerName;

/**
 * Connects to the first of several addresses that answers (RFC 8305 section 5): a further
 * address is tried when the one before has failed or has been hanging for a while. On one
 * event loop.
 */
final class AddressRace {

	private final EventLoop loop;

	private final Deque<SocketAddress> waiting;

	private final long delayMillis;

	private final Function<SocketAddress, ChannelFuture> dial;

	private final Result result;

	private final List<ChannelFuture> running = new ArrayList<>(1);

	private final List<String> failures = new ArrayList<>(0);

	private @Nullable Throwable lastCause;

	private @Nullable ScheduledFuture<?> nextAttempt;

	private boolean over;

	/**
	 * Makes a race.
	 * @param loop the caller's event loop
	 * @param addresses in the order in which they are tried, at least one
	 * @param delayMillis how long an attempt hangs before the next begins
	 * @param dial starts one attempt
	 * @param result is told how it ended
	 */
	AddressRace(EventLoop loop, List<? extends SocketAddress> addresses, long delayMillis,
			Function<SocketAddress, ChannelFuture> dial, Result result) {
		this.loop = loop;
		this.waiting = new ArrayDeque<>(addresses);
		this.delayMillis = delayMillis;
		this.dial = dial;
		this.result = result;
	}

	/**
	 * Orders addresses so that the families alternate, IPv6 first (RFC 8305 section 4).
	 */
	static List<InetAddress> interleave(List<InetAddress> addresses) {
		if (addresses.size() < 2) {
			return addresses;
		}
		Deque<InetAddress> six = new ArrayDeque<>();
		Deque<InetAddress> four = new ArrayDeque<>();
		for (InetAddress address : addresses) {
			((address instanceof Inet6Address) ? six : four).add(address);
		}
		List<InetAddress> ordered = new ArrayList<>(addresses.size());
		while (!six.isEmpty() || !four.isEmpty()) {
			if (!six.isEmpty()) {
				ordered.add(six.remove());
			}
			if (!four.isEmpty()) {
				ordered.add(four.remove());
			}
		}
		return ordered;
	}

	void start() {
		tryNext();
	}

	/** Ends the race without a result; sockets are closed. */
	void cancel() {
		this.over = true;
		stopTimer();
		// Closing ends an attempt, which takes itself off the list
		List<ChannelFuture> pending = List.copyOf(this.running);
		this.running.clear();
		for (ChannelFuture attempt : pending) {
			attempt.channel().close();
		}
	}

	/** What has failed so far and what is still hanging, for messages. */
	String describe() {
		List<String> parts = new ArrayList<>(this.failures);
		for (ChannelFuture attempt : this.running) {
			parts.add("no answer from " + attempt.channel().attr(ConnectOperation.TARGET).get());
		}
		return String.join("; ", parts);
	}

	private void tryNext() {
		stopTimer();
		SocketAddress address = this.waiting.poll();
		if (address == null) {
			return;
		}
		ChannelFuture attempt;
		try {
			attempt = this.dial.apply(address);
		}
		catch (RuntimeException ex) {
			// An address that sockets do not take; there may be others
			failed(address, ex);
			return;
		}
		this.running.add(attempt);
		if (!this.waiting.isEmpty()) {
			this.nextAttempt = this.loop.schedule(this::tryNext, this.delayMillis, TimeUnit.MILLISECONDS);
		}
		if (attempt.isDone()) {
			// A socket that could not even be opened has no event loop to report on
			ended(address, attempt);
			return;
		}
		attempt.addListener((done) -> ended(address, attempt));
	}

	private void ended(SocketAddress address, ChannelFuture attempt) {
		this.running.remove(attempt);
		if (this.over) {
			if (attempt.isSuccess()) {
				attempt.channel().close();
			}
			return;
		}
		if (attempt.isSuccess()) {
			cancel();
			this.result.won(attempt.channel(), address);
			return;
		}
		failed(address, attempt.cause());
	}

	private void failed(SocketAddress address, Throwable cause) {
		this.lastCause = cause;
		this.failures.add(message(address, cause));
		if (!this.waiting.isEmpty()) {
			tryNext();
		}
		else if (this.running.isEmpty()) {
			this.over = true;
			this.result.lost(String.join("; ", this.failures), this.lastCause);
		}
	}

	private static String message(SocketAddress address, Throwable cause) {
		String text = cause.getMessage();
		String name = PeerName.withPort(address);
		if (text == null) {
			return cause + ": " + name;
		}
		return text.contains(PeerName.of(address)) ? text : text + ": " + name;
	}

	private void stopTimer() {
		if (this.nextAttempt != null) {
			this.nextAttempt.cancel(false);
			this.nextAttempt = null;
		}
	}

	/**
	 * How a race ended; one call.
	 */
	interface Result {

		/**
		 * An address answered.
		 * @param channel connected; the caller's from now on
		 * @param address the address
		 */
		void won(Channel channel, SocketAddress address);

		/**
		 * None answered.
		 * @param message what each of them said
		 * @param cause what the last one failed with
		 */
		void lost(String message, @Nullable Throwable cause);

	}

}
