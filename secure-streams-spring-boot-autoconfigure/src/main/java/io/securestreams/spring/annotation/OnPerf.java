package io.securestreams.spring.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method of a {@link SecureStreamHandler @SecureStreamHandler} that takes connection
 * timings, which policy {@code perf} asks for. Parameters, in any order:
 * {@code ConnectionTimings}, {@code SecureStream} and {@link Metadata @Metadata} values.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface OnPerf {

}
