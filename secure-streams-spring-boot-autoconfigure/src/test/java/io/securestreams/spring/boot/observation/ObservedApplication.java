package io.securestreams.spring.boot.observation;

import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;

import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.handler.HandlerObserver;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.observe.EventLoopThread;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Component;

/**
 * An application with servers of several kinds, and clients for them.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ ObservedApplication.Names.class, ObservedApplication.Other.class, ObservedApplication.Pages.class,
		ObservedApplication.Direct.class, ObservedApplication.Handed.class, ObservedApplication.Lines.class })
class ObservedApplication {

	static Policy policy() {
		String client = "\"endpoint\": \"127.0.0.1:${port}\", \"http_url\": \"${path}\", \"metadata\": [ "
				+ "{ \"port\": \"\" }, { \"path\": \"\" }, { \"trace\": \"traceparent:\" } ]";
		String server = "\"server\": true, \"endpoint\": \"127.0.0.1\", \"port\": 0";
		return PolicyJson.read("""
				{ "s": [
				{ "get-h1": { "protocol": "h1", "http_method": "GET", %1$s } },
				{ "get-h2": { "protocol": "h2", "h2_prior_knowledge": true, "http_method": "GET", %1$s } },
				{ "post-h1": { "protocol": "h1", "http_method": "POST", %1$s } },
				{ "post-h2": { "protocol": "h2", "h2_prior_knowledge": true, "http_method": "POST", %1$s } },
				{ "pages": { %2$s, "protocol": "h1", "http_url": "/", "metadata": [ { "path": "" },
				    { "method": "" }, { "trace": "traceparent:" } ] } },
				{ "direct": { %2$s, "protocol": "h1", "http_url": "/", "direct_proto_str": true } },
				{ "handed": { %2$s, "protocol": "h1", "http_url": "/" } },
				{ "lines": { %2$s, "protocol": "raw" } } ] }
				""".formatted(client, server), "test").policy();
	}

	private static String scope(ObservationRegistry registry) {
		Observation current = registry.getCurrentObservation();
		return (current != null) ? current.getContext().getName() : "none";
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty("other.names")
	static class Names {

		@Bean
		ServerTransactionObservationConvention names() {
			return new ServerTransactionObservationConvention() {

				@Override
				public String getName() {
					return "mine";
				}

			};
		}

	}

	@Component
	@ConditionalOnBooleanProperty("other.observer")
	static class Other implements HandlerObserver {

		final Queue<String> events = new ConcurrentLinkedQueue<>();

		@Override
		public void callMethod(SecureStream stream, String event, Runnable call) {
			this.events.add(event);
			call.run();
		}

	}

	@SecureStreamHandler("pages")
	static class Pages {

		final Queue<String> received = new ConcurrentLinkedQueue<>();

		private final ObservationRegistry registry;

		Pages(ObservationRegistry registry) {
			this.registry = registry;
		}

		@OnState(StreamState.SERVER_TXN)
		void serve(SecureStream stream) {
			switch (stream.metadata().asMap().get("path")) {
				case "/ok" -> stream.answer(200, (scope(this.registry) + " on loop: " + EventLoopThread.isCurrent())
					.getBytes(StandardCharsets.UTF_8));
				case "/broken" -> throw new IllegalStateException("on purpose");
				default -> {
				}
			}
		}

		@OnReceive
		void body(String text, SecureStream stream) {
			this.received.add(text + " in " + scope(this.registry));
			stream.answer(418);
		}

	}

	@SecureStreamHandler("direct")
	static class Direct implements StreamHandler {

		private final ObservationRegistry registry;

		Direct(ObservationRegistry registry) {
			this.registry = registry;
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_TXN) {
				stream.answer(200, scope(this.registry).getBytes(StandardCharsets.UTF_8));
			}
		}

	}

	@SecureStreamHandler("handed")
	static class Handed {

		@OnState(StreamState.SERVER_TXN)
		void serve(SecureStream stream) {
			stream.handler(new StreamHandler() {
			});
			CompletableFuture.runAsync(() -> stream.answer(200, "by the next".getBytes(StandardCharsets.UTF_8)));
		}

	}

	@SecureStreamHandler("lines")
	static class Lines {

		final Queue<String> scopes = new ConcurrentLinkedQueue<>();

		private final ObservationRegistry registry;

		Lines(ObservationRegistry registry) {
			this.registry = registry;
		}

		@OnReceive
		void line(Payload payload, SecureStream stream) {
			if (payload.length() == 0) {
				return;
			}
			this.scopes.add(scope(this.registry));
			if (payload.text().equals("!")) {
				throw new IllegalStateException("enough");
			}
			stream.send(payload.toByteArray());
		}

	}

}
