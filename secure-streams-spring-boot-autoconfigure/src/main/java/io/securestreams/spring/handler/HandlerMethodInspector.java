package io.securestreams.spring.handler;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

import io.netty.util.ReferenceCounted;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.core.GenericTypeResolver;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotatedMethod;
import org.springframework.util.ClassUtils;

import io.securestreams.spring.annotation.Metadata;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamState;

/**
 * Reads the annotated methods of a class, and says what is wrong with them.
 */
final class HandlerMethodInspector {

	private static final String OURS = SecureStream.class.getPackageName();

	private final Class<?> type;

	private final Class<?> callableType;

	private final @Nullable JsonReading json;

	private final Map<StreamState, List<HandlerMethod>> states = new EnumMap<>(StreamState.class);

	private final Map<Callback, HandlerMethod> single = new EnumMap<>(Callback.class);

	private final Set<String> metadata = new TreeSet<>();

	private boolean wholeMessages;

	private boolean successOnly;

	/**
	 * Prepares to read a class.
	 * @param type the class that was written
	 * @param callableType the class that instances have, perhaps that of a proxy
	 * @param json reads JSON, or {@code null} if nothing can
	 */
	HandlerMethodInspector(Class<?> type, Class<?> callableType, @Nullable JsonReading json) {
		this.type = type;
		this.callableType = callableType;
		this.json = json;
	}

	static boolean hasAnnotatedMethods(Class<?> type) {
		return !annotatedMethods(type).isEmpty();
	}

	static Map<Method, List<Callback>> annotatedMethods(Class<?> type) {
		Map<Method, List<Callback>> found = MethodIntrospector.selectMethods(type,
				(MethodIntrospector.MetadataLookup<List<Callback>>) HandlerMethodInspector::callbacks);
		Map<Method, List<Callback>> sorted = new LinkedHashMap<>();
		// The JVM does not keep the order of methods
		found.keySet()
			.stream()
			.sorted(Comparator.comparing(Method::getName).thenComparing(Method::toString))
			.forEach((method) -> sorted.put(method, found.get(method)));
		return sorted;
	}

	HandlerMethods inspect() {
		annotatedMethods(this.type).forEach((method, callbacks) -> {
			if (callbacks.size() > 1) {
				throw InvalidHandlerException.method(method,
						"has " + callbacks.get(0).label() + " and " + callbacks.get(1).label(), "one of them");
			}
			add(callbacks.get(0), method);
		});
		return new HandlerMethods(this.states, this.single.get(Callback.USER_STATE), this.single.get(Callback.RECEIVE),
				this.wholeMessages, this.successOnly, this.single.get(Callback.WRITABLE),
				this.single.get(Callback.PERF), this.metadata);
	}

	private static @Nullable List<Callback> callbacks(Method method) {
		List<Callback> callbacks = new ArrayList<>();
		for (Callback callback : Callback.values()) {
			if (AnnotatedElementUtils.hasAnnotation(method, callback.annotation())) {
				callbacks.add(callback);
			}
		}
		return callbacks.isEmpty() ? null : callbacks;
	}

	private void add(Callback callback, Method method) {
		checkShape(callback, method);
		HandlerMethod handlerMethod = (callback == Callback.RECEIVE) ? receiving(method) : simple(callback, method);
		if (callback == Callback.STATE) {
			OnState annotation = AnnotatedElementUtils.findMergedAnnotation(method, OnState.class);
			StreamState[] wanted = (annotation != null) ? annotation.value() : new StreamState[0];
			for (StreamState state : (wanted.length > 0) ? wanted : StreamState.values()) {
				this.states.computeIfAbsent(state, (key) -> new ArrayList<>()).add(handlerMethod);
			}
			return;
		}
		if (this.single.put(callback, handlerMethod) != null) {
			throw InvalidHandlerException.method(method, "is a second " + callback.label() + " method",
					"one in each class");
		}
	}

	private void checkShape(Callback callback, Method method) {
		if (Modifier.isStatic(method.getModifiers())) {
			throw InvalidHandlerException.method(method, "with " + callback.label() + " is static",
					"an instance method");
		}
		if (method.getReturnType() != void.class) {
			throw InvalidHandlerException.method(method,
					"with " + callback.label() + " returns " + ClassUtils.getShortName(method.getReturnType()), "void");
		}
	}

	private HandlerMethod simple(Callback callback, Method method) {
		Argument[] arguments = new Argument[method.getParameterCount()];
		for (int i = 0; i < arguments.length; i++) {
			Argument argument = common(method, i);
			if (argument == null) {
				argument = callback.arguments().get(parameterType(method, i).toClass());
			}
			if (argument == null) {
				throw InvalidHandlerException.parameter(method, i, "which " + callback.label() + " methods do not have",
						callback.allowed());
			}
			arguments[i] = argument;
		}
		return HandlerMethod.of(callable(method), arguments);
	}

	private HandlerMethod receiving(Method method) {
		Argument[] arguments = new Argument[method.getParameterCount()];
		int payload = -1;
		for (int i = 0; i < arguments.length; i++) {
			Argument argument = common(method, i);
			if (argument == null && payload >= 0) {
				throw InvalidHandlerException.parameter(method, i, "a second one for the payload",
						Callback.RECEIVE.allowed());
			}
			if (argument == null) {
				payload = i;
				argument = Argument.SUBJECT;
			}
			arguments[i] = argument;
		}
		if (payload < 0) {
			throw InvalidHandlerException.method(method, "has no parameter for the payload",
					Callback.RECEIVE.allowed());
		}
		this.wholeMessages = parameterType(method, payload).toClass() != Payload.class;
		return HandlerMethod.of(callable(method), arguments, payload, conversion(method, payload));
	}

	private UnaryOperator<Object> conversion(Method method, int index) {
		Class<?> wanted = parameterType(method, index).toClass();
		if (wanted == Payload.class || wanted == byte[].class) {
			return UnaryOperator.identity();
		}
		if (wanted == ByteBuffer.class) {
			return (message) -> ByteBuffer.wrap((byte[]) message);
		}
		if (wanted == String.class) {
			return (message) -> new String((byte[]) message, StandardCharsets.UTF_8);
		}
		if (wanted.isPrimitive() || wanted.getPackageName().equals(OURS) || isNoData(wanted)) {
			throw InvalidHandlerException.parameter(method, index, "which payload cannot become",
					Callback.RECEIVE.allowed());
		}
		if (this.json == null) {
			throw InvalidHandlerException.parameter(method, index,
					"which only JSON can become, but there is no tools.jackson.databind.json.JsonMapper bean, "
							+ "or no @Primary one of several",
					"spring-boot-starter-jackson among the dependencies, or one of Payload, byte[], ByteBuffer, String");
		}
		// An error page is not what the type is for, unless the method can tell
		this.successOnly = !List.of(method.getParameterTypes()).contains(HttpAnswer.class);
		JsonReading.Reader reader = this.json
			.readerFor(GenericTypeResolver.resolveType(method.getGenericParameterTypes()[index], this.type));
		return (message) -> reader.read((byte[]) message);
	}

	/** What is a way to data is not made from JSON, though some mapper may try. */
	private static boolean isNoData(Class<?> type) {
		return AutoCloseable.class.isAssignableFrom(type) || ReferenceCounted.class.isAssignableFrom(type)
				|| Buffer.class.isAssignableFrom(type);
	}

	private @Nullable Argument common(Method method, int index) {
		Class<?> parameter = parameterType(method, index).toClass();
		// Those of interfaces count, as those of the method do
		Metadata annotation = new AnnotatedMethod(method).getMethodParameters()[index]
			.getParameterAnnotation(Metadata.class);
		if (annotation != null) {
			if (parameter != String.class) {
				throw InvalidHandlerException.parameter(method, index, "which metadata cannot become", "String");
			}
			this.metadata.add(annotation.value());
			return Argument.metadata(annotation.value());
		}
		if (parameter == HttpAnswer.class) {
			return Argument.ANSWER;
		}
		return (parameter == SecureStream.class) ? Argument.STREAM : null;
	}

	/** What the class makes of it, where a base class has a type variable. */
	private ResolvableType parameterType(Method method, int index) {
		return ResolvableType.forMethodParameter(method, index, this.type);
	}

	private Method callable(Method method) {
		ProxiedMethods.check(method, this.callableType);
		try {
			return AopUtils.selectInvocableMethod(method, this.callableType);
		}
		catch (IllegalStateException ex) {
			throw InvalidHandlerException.method(method, "cannot be called through the bean's proxy",
					"a method that is not private, of a class that is proxied as a class (proxyTargetClass) "
							+ "or of an interface of the bean");
		}
	}

}
