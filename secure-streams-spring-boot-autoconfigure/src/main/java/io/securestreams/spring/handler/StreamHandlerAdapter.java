package io.securestreams.spring.handler;

import java.lang.reflect.Method;
import java.util.Set;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

import io.securestreams.stream.StreamHandler;

/**
 * Turns beans of one class into stream handlers: those that are one already as well as
 * those with annotated methods. Reads the class once.
 */
public final class StreamHandlerAdapter {

	private final @Nullable HandlerMethods methods;

	private final int maxMessageSize;

	private final @Nullable Executor executor;

	private final @Nullable HandlerObserver observer;

	private StreamHandlerAdapter(@Nullable HandlerMethods methods, int maxMessageSize, Options options) {
		this.methods = methods;
		this.maxMessageSize = maxMessageSize;
		this.executor = options.executor();
		this.observer = options.observer();
	}

	/**
	 * Reads a handler class.
	 * @param type the class that was written
	 * @param beanType the class that instances have, perhaps that of a proxy
	 * @param options how to call it
	 * @return turns instances into handlers
	 * @throws InvalidHandlerException if the class is not written as it must be
	 */
	public static StreamHandlerAdapter of(Class<?> type, Class<?> beanType, Options options) {
		boolean annotated = HandlerMethodInspector.hasAnnotatedMethods(type);
		if (StreamHandler.class.isAssignableFrom(beanType)) {
			if (annotated) {
				throw InvalidHandlerException.type(type, "implements StreamHandler and has annotated methods as well",
						"one of the two");
			}
			ProxiedMethods.check(type, beanType);
			return new StreamHandlerAdapter(null, 0, options);
		}
		if (!annotated) {
			throw InvalidHandlerException.type(type, "does not handle any event",
					"a class that implements StreamHandler, or has methods with @OnState, @OnUserState, @OnReceive, "
							+ "@OnWritable or @OnPerf");
		}
		HandlerMethods methods = new HandlerMethodInspector(type, beanType, options.json()).inspect();
		return new StreamHandlerAdapter(methods, options.maxMessageSize(), options);
	}

	/**
	 * Finds the annotated methods of a class.
	 * @param type the class
	 * @return methods that are called by reflection
	 */
	public static Set<Method> annotatedMethods(Class<?> type) {
		return HandlerMethodInspector.annotatedMethods(type).keySet();
	}

	/**
	 * Returns the metadata that annotated methods ask for.
	 * @return names
	 */
	public Set<String> metadata() {
		return (this.methods != null) ? this.methods.metadata() : Set.of();
	}

	/**
	 * Makes the handler of one stream.
	 * @param bean the instance
	 * @param destruction called after the stream's last event, or {@code null}
	 * @return the handler
	 */
	public StreamHandler adapt(Object bean, @Nullable Runnable destruction) {
		SerialTasks tasks = (this.executor != null) ? new SerialTasks(this.executor) : null;
		StreamHandler handler = adapt(bean, tasks);
		return (destruction != null) ? new OwnedStreamHandler(handler, destruction, tasks) : handler;
	}

	private StreamHandler adapt(Object bean, @Nullable SerialTasks tasks) {
		if (this.methods != null) {
			return new AnnotatedStreamHandler(bean, this.methods, this.maxMessageSize, tasks, this.observer);
		}
		StreamHandler handler = (StreamHandler) bean;
		if (this.observer != null) {
			handler = new ObservedStreamHandler(handler, this.observer);
		}
		return (tasks != null) ? new ExecutorStreamHandler(handler, tasks) : handler;
	}

	/**
	 * How beans are called.
	 *
	 * @param executor where methods run, or {@code null} for the event loop
	 * @param maxMessageSize most bytes of a whole message
	 * @param json reads JSON, or {@code null} if nothing can
	 * @param observer is around the calls, or {@code null} if nobody is
	 */
	public record Options(@Nullable Executor executor, int maxMessageSize, @Nullable JsonReading json,
			@Nullable HandlerObserver observer) {

		/**
		 * Makes options without observer.
		 * @param executor where methods run, or {@code null} for the event loop
		 * @param maxMessageSize most bytes of a whole message
		 * @param json reads JSON, or {@code null} if nothing can
		 */
		public Options(@Nullable Executor executor, int maxMessageSize, @Nullable JsonReading json) {
			this(executor, maxMessageSize, json, null);
		}

		public Options {
			if (maxMessageSize < 1) {
				throw new IllegalArgumentException("maxMessageSize: " + maxMessageSize + " (expected: 1 or more)");
			}
		}

	}

}
