package io.securestreams.spring.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A {@code String} parameter that gets a value of the stream's metadata, {@code null} if
 * none is set. Values are those at the time of the event.
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Metadata {

	/**
	 * The name.
	 * @return a name that the streamtype's policy declares
	 */
	String value();

}
