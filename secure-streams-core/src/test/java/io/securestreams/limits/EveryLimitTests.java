package io.securestreams.limits;

import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever can be set is kept, is shown, and makes a difference; nothing is lost or mixed
 * up on the way from one builder to the next.
 */
class EveryLimitTests {

	static Stream<Class<?>> kinds() {
		return Stream.of(CookieLimits.class, HttpClientLimits.class, HttpMessageLimits.class, HttpServerLimits.class,
				Http2ClientLimits.class, Http2ServerLimits.class, ListenerLimits.class, MqttLimits.class,
				NetworkLimits.class, ProxyLimits.class, WebSocketLimits.class);
	}

	private static Object builder(Class<?> kind) throws ReflectiveOperationException {
		return kind.getMethod("builder").invoke(null);
	}

	private static Object build(Object builder) throws ReflectiveOperationException {
		return builder.getClass().getMethod("build").invoke(builder);
	}

	private static List<Method> setters(Object builder) {
		return Arrays.stream(builder.getClass().getMethods())
			.filter((method) -> method.getReturnType() == builder.getClass() && method.getParameterCount() == 1)
			.sorted(Comparator.comparing(Method::getName))
			.toList();
	}

	/** Another value than that by default, and than that of its neighbours. */
	private static Object other(Object value, int number) throws ReflectiveOperationException {
		if (value instanceof Duration duration) {
			return duration.plusMillis(1 + number);
		}
		if (value instanceof Integer figure) {
			return (figure == Integer.MAX_VALUE) ? 1_000_000 + number : figure - 1 - number % 2;
		}
		if (value instanceof Long figure) {
			return (figure == Long.MAX_VALUE) ? 1_000_000L + number : figure + 1 + number;
		}
		if (value instanceof List<?>) {
			return List.of(new InetSocketAddress("192.0.2.1", 53 + number));
		}
		Object builder = value.getClass().getMethod("toBuilder").invoke(value);
		Method first = setters(builder).get(0);
		Object before = value.getClass().getMethod(first.getName()).invoke(value);
		first.invoke(builder, other(before, number));
		return build(builder);
	}

	@ParameterizedTest
	@MethodSource("kinds")
	void isKeptAndShownAndMakesADifference(Class<?> kind) throws Exception {
		Object defaults = build(builder(kind));
		Object all = builder(kind);
		List<Object> set = new ArrayList<>();
		for (Method setter : setters(all)) {
			Object value = other(kind.getMethod(setter.getName()).invoke(defaults), set.size());
			Object alone = builder(kind);
			setter.invoke(alone, value);
			Object limits = build(alone);
			assertThat(kind.getMethod(setter.getName()).invoke(limits)).as(setter.getName()).isEqualTo(value);
			assertThat(limits).as(setter.getName()).isNotEqualTo(defaults);
			assertThat(limits.toString()).startsWith(kind.getSimpleName() + "{")
				.contains(setter.getName() + "=" + value);
			setter.invoke(all, value);
			set.add(value);
		}
		assertThat(set).isNotEmpty();
		assertThat(build(all)).isEqualTo(build(all)).hasSameHashCodeAs(build(all));
		if (kind != ProxyLimits.class) {
			Object copy = build(kind.getMethod("toBuilder").invoke(build(all)));
			assertThat(copy).isEqualTo(build(all)).hasToString(build(all).toString());
		}
	}

}
