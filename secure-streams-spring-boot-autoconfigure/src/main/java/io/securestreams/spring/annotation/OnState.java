package io.securestreams.spring.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import io.securestreams.stream.StreamState;

/**
 * A method of a {@link SecureStreamHandler @SecureStreamHandler} that is called when the
 * stream changes state. Parameters, in any order: {@code SecureStream},
 * {@code StreamState}, {@code long} (the ordinal) and {@link Metadata @Metadata} values.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface OnState {

	/**
	 * The states it is called for.
	 * @return states; none means all
	 */
	StreamState[] value() default {};

}
