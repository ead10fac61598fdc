package io.securestreams.spring.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The method of a {@link SecureStreamHandler @SecureStreamHandler} that sends when the
 * stream can take payload. Parameters, in any order: {@code TxSlot}, {@code SecureStream}
 * and {@link Metadata @Metadata} values.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface OnWritable {

}
