package io.securestreams.spring.handler;

import java.lang.reflect.Type;

/**
 * Reads JSON messages into the types of {@code @OnReceive} parameters.
 */
@FunctionalInterface
public interface JsonReading {

	/**
	 * Prepares reading into a type.
	 * @param type the parameter's type
	 * @return reads one message into that type
	 */
	Reader readerFor(Type type);

	/**
	 * Reads one type. May be used from any thread.
	 */
	@FunctionalInterface
	interface Reader {

		/**
		 * Reads one message.
		 * @param json the message
		 * @return the value
		 */
		Object read(byte[] json);

	}

}
