package io.securestreams.transport.http.exchange;

/**
 * A header field of a request.
 *
 * @param name name as the policy has it, without colon
 * @param value the value, checked
 * @param sensitive whether it is a credential, which compression must not keep
 */
public record RequestField(String name, String value, boolean sensitive) {
}
