package io.securestreams.spring.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The method of a {@link SecureStreamHandler @SecureStreamHandler} that takes what is
 * received. Parameters, in any order: exactly one for the payload, {@code SecureStream},
 * {@code HttpAnswer} and {@link Metadata @Metadata} values.
 * <p>
 * A payload parameter of type {@code Payload} gets the parts of messages as they arrive.
 * With {@code byte[]}, {@code ByteBuffer}, {@code String} (UTF-8) or, where Jackson is
 * present, any other type (read from JSON) the method gets whole messages; truncated
 * messages never reach it. Streams without messages (raw) deliver what has arrived.
 * <p>
 * On clients of HTTP an {@code HttpAnswer} parameter gets status and header fields of the
 * answer ({@code null} elsewhere): an error page is payload, too, and that is how it is
 * told from what was asked for. A method that reads JSON and has no such parameter gets
 * successes only.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface OnReceive {

}
