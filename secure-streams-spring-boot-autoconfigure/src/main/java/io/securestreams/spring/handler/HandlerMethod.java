package io.securestreams.spring.handler;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import org.springframework.util.ReflectionUtils;

import io.securestreams.stream.SecureStream;

/**
 * One annotated method, bound once. Arguments are collected on the event loop, for they
 * are those of the moment; the call, and what it costs to convert the payload, may happen
 * elsewhere.
 */
final class HandlerMethod {

	private final MethodHandle handle;

	private final Argument[] arguments;

	private final int payloadIndex;

	private final UnaryOperator<Object> payloadConversion;

	private HandlerMethod(MethodHandle handle, Argument[] arguments, int payloadIndex,
			UnaryOperator<Object> payloadConversion) {
		this.handle = handle;
		this.arguments = arguments;
		this.payloadIndex = payloadIndex;
		this.payloadConversion = payloadConversion;
	}

	static HandlerMethod of(Method method, Argument[] arguments) {
		return of(method, arguments, -1, UnaryOperator.identity());
	}

	static HandlerMethod of(Method method, Argument[] arguments, int payloadIndex,
			UnaryOperator<Object> payloadConversion) {
		ReflectionUtils.makeAccessible(method);
		try {
			MethodHandle handle = MethodHandles.lookup()
				.unreflect(method)
				.asSpreader(Object[].class, arguments.length)
				.asType(MethodType.methodType(void.class, Object.class, Object[].class));
			return new HandlerMethod(handle, arguments, payloadIndex, payloadConversion);
		}
		catch (IllegalAccessException ex) {
			throw InvalidHandlerException.method(method, "is not accessible: " + ex.getMessage(),
					"a method in a package that is open to Spring");
		}
	}

	@Nullable Object[] collect(SecureStream stream, @Nullable Object subject, long number) {
		@Nullable Object[] values = new Object[this.arguments.length];
		for (int i = 0; i < values.length; i++) {
			values[i] = this.arguments[i].resolve(stream, subject, number);
		}
		return values;
	}

	void call(Object bean, @Nullable Object[] values) {
		try {
			if (this.payloadIndex >= 0) {
				Object payload = values[this.payloadIndex];
				if (payload != null) {
					values[this.payloadIndex] = this.payloadConversion.apply(payload);
				}
			}
			this.handle.invokeExact(bean, values);
		}
		catch (RuntimeException | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new UndeclaredThrowableException(ex);
		}
	}

}
