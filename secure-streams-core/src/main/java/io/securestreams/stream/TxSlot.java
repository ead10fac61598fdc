package io.securestreams.stream;

import java.nio.ByteBuffer;

import io.netty.buffer.ByteBuf;

/**
 * An opportunity to send. Valid only during {@link StreamHandler#onWritable}, unless it
 * is {@linkplain #detach() detached}; the object is used again for the next slot. A slot
 * that is neither written to nor ended sends nothing. The first one that is, after the
 * end of a message, starts the next message. A slot without {@link #end()} leaves the
 * message open: the stream asks for the next slot by itself where the protocol needs the
 * rest (HTTP bodies), otherwise the application calls {@link SecureStream#requestTx()}.
 */
public interface TxSlot {

	/**
	 * Returns the number of this slot.
	 * @return counts up from 0 over the life of the stream, unused slots included; wraps
	 * after 2^32 - 1
	 */
	long ordinal();

	/**
	 * Returns how many bytes this slot can take.
	 * @return at least 1
	 */
	int capacity();

	/**
	 * Returns the streamtype whose payload is wanted now.
	 * @return the stream's own streamtype unless a {@code rideshare} follows
	 */
	String rideshare();

	/**
	 * Marks the end of the message. On {@code raw}, which has no messages, it counts in a
	 * slot without payload only: there it ends the sending half of the connection.
	 * @return this slot
	 */
	TxSlot end();

	/**
	 * Copies bytes into the slot.
	 * @param bytes the bytes
	 * @return this slot
	 * @throws IndexOutOfBoundsException if there are more than {@link #capacity()} in all
	 */
	TxSlot write(byte[] bytes);

	/**
	 * Copies bytes into the slot.
	 * @param bytes an array
	 * @param offset index of the first byte
	 * @param length number of bytes
	 * @return this slot
	 * @throws IndexOutOfBoundsException if there are more than {@link #capacity()} in all
	 */
	TxSlot write(byte[] bytes, int offset, int length);

	/**
	 * Copies the remaining bytes of a buffer into the slot and advances its position.
	 * @param bytes the bytes
	 * @return this slot
	 * @throws IndexOutOfBoundsException if there are more than {@link #capacity()} in all
	 */
	TxSlot write(ByteBuffer bytes);

	/**
	 * Copies text as UTF-8 into the slot.
	 * @param text the text
	 * @return this slot
	 * @throws IndexOutOfBoundsException if there are more than {@link #capacity()} in all
	 */
	TxSlot write(CharSequence text);

	/**
	 * Returns the slot's own buffer, to write into without a copy.
	 * @return a pooled buffer that belongs to the slot
	 */
	ByteBuf buffer();

	/**
	 * Hands over a buffer without a copy; it becomes the slot's whole content. The slot
	 * releases it, in every case.
	 * @param bytes the bytes; the caller gives up its reference
	 * @return this slot
	 * @throws IllegalStateException if something has been written already
	 * @throws IndexOutOfBoundsException if there are more than {@link #capacity()}
	 */
	TxSlot transfer(ByteBuf bytes);

	/**
	 * Takes the slot out of the callback, for a handler that cannot fill it at once. This
	 * slot is not valid any more then, and the handler gets no other before the detached
	 * one is given back.
	 * @return the slot to fill
	 * @throws IllegalStateException if something has been written already
	 */
	DetachedSlot detach();

}
