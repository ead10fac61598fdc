package io.securestreams.spring.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;
import org.springframework.stereotype.Component;

/**
 * Makes a bean the handler of a streamtype. The policy says what the streamtype is: for a
 * client streamtype one stream is created when the application starts, for a server
 * streamtype a listener is started whose streams the bean handles.
 * <p>
 * The bean either implements {@link io.securestreams.stream.StreamHandler}, or has
 * methods with {@link OnState @OnState}, {@link OnUserState @OnUserState},
 * {@link OnReceive @OnReceive}, {@link OnWritable @OnWritable} and
 * {@link OnPerf @OnPerf}. On a {@code @Bean} method the annotation makes the bean that it
 * returns a handler.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Component
public @interface SecureStreamHandler {

	/**
	 * Alias for {@link #streamtype()}.
	 * @return names of the policy
	 */
	@AliasFor("streamtype")
	String[] value() default {};

	/**
	 * The streamtype, or several that are handled alike, such as one page with and
	 * without TLS. Each has a stream or listener of its own.
	 * @return names of the policy
	 */
	@AliasFor("value")
	String[] streamtype() default {};

	/**
	 * Name of the bean when it is found by scanning.
	 * @return a bean name; empty: made from the class name
	 */
	// Without this alias Spring would take value() for the bean name
	@AliasFor(annotation = Component.class, attribute = "value")
	String beanName() default "";

	/**
	 * How many streams one instance of the bean handles.
	 * @return the scope
	 */
	Scope scope() default Scope.SINGLETON;

	/**
	 * Where the bean's methods run.
	 * @return the dispatch
	 */
	Dispatch dispatch() default Dispatch.DEFAULT;

	/**
	 * Most bytes of one message for an {@link OnReceive @OnReceive} method that takes
	 * whole messages. A longer message drops the connection. Without meaning for
	 * {@link io.securestreams.stream.StreamHandler}s.
	 * @return bytes, at least 1
	 */
	int maxMessageSize() default 1024 * 1024;

	/**
	 * How many streams one instance handles.
	 */
	enum Scope {

		/** One instance for all streams: it must not keep what belongs to one stream. */
		SINGLETON,
		/**
		 * A new instance for each stream, with its dependencies injected, destroyed after
		 * the stream. The bean definition becomes one of scope {@code prototype}.
		 */
		PER_STREAM

	}

	/**
	 * Where methods run.
	 */
	enum Dispatch {

		/**
		 * As {@code secure-streams.handlers.dispatch} says. Unless it is set, annotated
		 * methods are called as with {@link #EXECUTOR}, for they may block, and a
		 * {@link io.securestreams.stream.StreamHandler} as with {@link #EVENT_LOOP}.
		 */
		DEFAULT,
		/** On the stream's event loop, without any hand-over; must not block. */
		EVENT_LOOP,
		/**
		 * On other threads, one call after the other for each stream; may block. These
		 * are virtual threads on JDK 24 and newer, before that those of the application's
		 * task executor ({@code spring.task.execution.*}); a bean of type
		 * {@link java.util.concurrent.Executor} with the name
		 * {@code secureStreamsHandlerExecutor} takes their place.
		 * <p>
		 * Nothing is read from the network while a payload is being handled, and an
		 * attempt to connect starts when the states before it have been handled. Only
		 * {@code SINK_JOIN} is handled on the event loop, for the source waits. What is
		 * written to a slot is sent when the method has returned, if the transaction is
		 * still going on then.
		 */
		EXECUTOR

	}

}
