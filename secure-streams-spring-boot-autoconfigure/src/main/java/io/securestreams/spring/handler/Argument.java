package io.securestreams.spring.handler;

import org.jspecify.annotations.Nullable;

import io.securestreams.stream.SecureStream;

/**
 * Where one argument of an annotated method comes from.
 */
@FunctionalInterface
interface Argument {

	/** What the event is about: a state, a slot, payload. */
	Argument SUBJECT = (stream, subject, number) -> subject;

	/** The number that comes with the event. */
	Argument NUMBER = (stream, subject, number) -> number;

	/** That number as {@code int}. */
	Argument INT_NUMBER = (stream, subject, number) -> (int) number;

	/** The stream. */
	Argument STREAM = (stream, subject, number) -> stream;

	/** The head of what the peer has answered. */
	Argument ANSWER = (stream, subject, number) -> stream.lastAnswer();

	/**
	 * Gives the argument.
	 * @param stream the stream
	 * @param subject what the event is about
	 * @param number the number that comes with it
	 * @return the argument
	 */
	@Nullable Object resolve(SecureStream stream, @Nullable Object subject, long number);

	/**
	 * Takes a value from the stream's metadata.
	 * @param name name of the value
	 * @return gives the value
	 */
	static Argument metadata(String name) {
		return (stream, subject, number) -> stream.metadata().get(name);
	}

}
