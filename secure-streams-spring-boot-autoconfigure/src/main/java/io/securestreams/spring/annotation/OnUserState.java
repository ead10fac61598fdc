package io.securestreams.spring.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method of a {@link SecureStreamHandler @SecureStreamHandler} that is called when a
 * response is mapped to a state of the application's own. Parameters, in any order:
 * {@code int} (the state), {@code SecureStream} and {@link Metadata @Metadata} values.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface OnUserState {

}
