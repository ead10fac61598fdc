package io.securestreams.transport.http;

/**
 * Takes the header fields of a message that is about to be sent.
 */
@FunctionalInterface
public interface HeaderSink {

	/**
	 * Takes one field; name and value have been checked.
	 * @param name field name as the policy has it, without colon
	 * @param value the value
	 */
	void field(String name, String value);

}
