package io.securestreams.stream;

/**
 * A slot that outlives {@link StreamHandler#onWritable}, for handlers that have to wait
 * for what they send. It may be filled on any thread, one at a time, and has to be given
 * back by {@link #submit()} or {@link #discard()}. Until then the handler gets no other
 * slot. It keeps its ordinal, and what has been written to it is sent as if it had been
 * written at once; nothing is, if the transaction or the connection it was for has ended
 * meanwhile: then the slot is {@linkplain #isVoid() void}.
 */
public interface DetachedSlot extends TxSlot {

	/**
	 * Gives the slot back; what it contains is sent, if it was written to or ended. The
	 * slot is not valid any more.
	 */
	void submit();

	/**
	 * Gives the slot back unused, whatever has been written to it. Without effect after
	 * {@link #submit()}.
	 */
	void discard();

	/**
	 * Whether the transaction or the connection that the slot was for has ended before
	 * all of what it contains was handed over: a message that ends in it goes nowhere,
	 * and neither {@code QOS_ACK_REMOTE} nor {@code QOS_NACK_REMOTE} follows. Known from
	 * any thread once the handler has been told of that end.
	 * @return {@code true} if it has, {@code false} of a slot that has been given back
	 * unused before
	 */
	boolean isVoid();

}
