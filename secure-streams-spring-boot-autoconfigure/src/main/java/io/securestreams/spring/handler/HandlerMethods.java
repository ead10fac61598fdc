package io.securestreams.spring.handler;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.securestreams.stream.StreamState;

/**
 * The annotated methods of one class.
 *
 * @param states methods by the state they are called for
 * @param userState takes user states, or {@code null}
 * @param receive takes payload, or {@code null}
 * @param wholeMessages whether {@code receive} takes whole messages, as {@code byte[]}
 * @param successOnly whether it is not for error pages
 * @param writable sends, or {@code null}
 * @param perf takes connection timings, or {@code null}
 * @param metadata the metadata names that parameters ask for
 */
record HandlerMethods(Map<StreamState, List<HandlerMethod>> states, @Nullable HandlerMethod userState,
		@Nullable HandlerMethod receive, boolean wholeMessages, boolean successOnly, @Nullable HandlerMethod writable,
		@Nullable HandlerMethod perf, Set<String> metadata) {

	HandlerMethods {
		states = new EnumMap<>(states);
		metadata = Set.copyOf(metadata);
	}

	List<HandlerMethod> onState(StreamState state) {
		return this.states.getOrDefault(state, List.of());
	}

}
