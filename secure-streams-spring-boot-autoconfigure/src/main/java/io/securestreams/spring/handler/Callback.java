package io.securestreams.spring.handler;

import java.lang.annotation.Annotation;
import java.util.Map;

import io.securestreams.spring.annotation.OnPerf;
import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.OnUserState;
import io.securestreams.spring.annotation.OnWritable;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

/**
 * What annotated methods are called for, and the parameters they may have besides those
 * that all may have.
 */
enum Callback {

	STATE(OnState.class, "StreamState, long ordinal",
			Map.of(StreamState.class, Argument.SUBJECT, long.class, Argument.NUMBER, Long.class, Argument.NUMBER)),
	USER_STATE(OnUserState.class, "int", Map.of(int.class, Argument.INT_NUMBER, Integer.class, Argument.INT_NUMBER)),
	RECEIVE(OnReceive.class, "one of Payload, byte[], ByteBuffer, String or a JSON type", Map.of()),
	WRITABLE(OnWritable.class, "TxSlot", Map.of(TxSlot.class, Argument.SUBJECT)),
	PERF(OnPerf.class, "ConnectionTimings", Map.of(ConnectionTimings.class, Argument.SUBJECT));

	private final Class<? extends Annotation> annotation;

	private final String allowed;

	private final Map<Class<?>, Argument> arguments;

	Callback(Class<? extends Annotation> annotation, String allowed, Map<Class<?>, Argument> arguments) {
		this.annotation = annotation;
		this.allowed = allowed;
		this.arguments = arguments;
	}

	Class<? extends Annotation> annotation() {
		return this.annotation;
	}

	String label() {
		return "@" + this.annotation.getSimpleName();
	}

	String allowed() {
		return this.allowed + ", SecureStream, HttpAnswer, @Metadata(\"name\") String";
	}

	Map<Class<?>, Argument> arguments() {
		return this.arguments;
	}

}
