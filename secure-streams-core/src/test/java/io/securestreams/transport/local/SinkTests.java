package io.securestreams.transport.local;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.UnknownStreamTypeException;
import io.securestreams.stream.factory.SinkRegistration;
import io.securestreams.transport.TestLink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
class SinkTests {

	private final SecureStreams streams = SecureStreams.builder().eventLoopThreads(2).policy(PolicyJson.read("""
			{"release":"01234567","product":"test","schema-version":1,
			 "s":[{"sink":{"local_sink":true}},
			      {"other":{"endpoint":"localhost","port":1,"protocol":"raw"}}]}
			""", "test").policy()).build();

	private final List<End> sinks = new CopyOnWriteArrayList<>();

	@AfterEach
	void stop() {
		this.streams.close();
	}

	@Test
	void sourceJoinsTheSinkWithinCreate() {
		register();
		End source = new End();
		SecureStream stream = this.streams.create("sink", source);
		assertThat(stream.state()).isEqualTo(StreamState.CONNECTED);
		assertThat(source.events).containsExactly("CREATING", "CONNECTING", "CONNECTED");
		End sink = this.sinks.get(0);
		assertThat(sink.events).containsExactly("SINK_JOIN", "CREATING", "CONNECTING", "CONNECTED");
		assertThat(stream.role()).isEqualTo(StreamRole.SOURCE);
		assertThat(sink.stream().role()).isEqualTo(StreamRole.SINK);
		assertThat(this.streams.streams()).containsExactlyInAnyOrder(stream, sink.stream());
		assertThat(sink.threads).isSubsetOf(source.threads).isNotEmpty();
	}

	/** The original's example: a question from the source, an answer from the sink. */
	@Test
	void helloWorld() {
		this.streams.registerSink("sink", () -> new End() {
			@Override
			public void onReceive(SecureStream stream, Payload payload) {
				super.onReceive(stream, payload);
				stream.requestTx();
			}

			@Override
			public void onWritable(SecureStream stream, TxSlot slot) {
				slot.write("hello yourself").end();
			}
		});
		End source = new End() {
			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				super.onState(stream, state, ordinal);
				if (state == StreamState.CONNECTED) {
					stream.requestTx();
				}
			}

			@Override
			public void onWritable(SecureStream stream, TxSlot slot) {
				slot.write("hello").end();
			}
		};
		this.streams.create("sink", source);
		source.await("<\"hello yourself\">");
	}

	@Test
	void marksTravelUnchanged() {
		register();
		AtomicInteger part = new AtomicInteger();
		End source = new End() {
			@Override
			public void onWritable(SecureStream stream, TxSlot slot) {
				switch (part.getAndIncrement()) {
					case 0 -> {
						slot.write("one");
						stream.requestTx();
					}
					case 1 -> {
						slot.write("two");
						stream.requestTx();
					}
					case 2 -> {
						slot.end();
						stream.requestTx();
					}
					default -> slot.write("again").end();
				}
			}
		};
		this.streams.create("sink", source).requestTx();
		End sink = this.sinks.get(0);
		sink.await("<\"again\">");
		assertThat(sink.events).endsWith("CONNECTED", "<\"one\"", "\"two\"", "\"\">", "<\"again\">");
		assertThat(source.events).doesNotContain("<\"one\"");
	}

	@Test
	void handsTheBufferOverWithoutACopy() {
		AtomicReference<ByteBuf> received = new AtomicReference<>();
		this.streams.registerSink("sink", () -> new End() {
			@Override
			public void onReceive(SecureStream stream, Payload payload) {
				received.set(payload.content());
				record("received");
			}
		});
		ByteBuf bytes = Unpooled.copiedBuffer("as it is", StandardCharsets.US_ASCII);
		End source = new End() {
			@Override
			public void onWritable(SecureStream stream, TxSlot slot) {
				slot.transfer(bytes).end();
				record("written");
			}
		};
		this.streams.create("sink", source).requestTx();
		source.await("written");
		this.streams.close();
		assertThat(received.get()).isSameAs(bytes);
		assertThat(bytes.refCnt()).isZero();
	}

	@Test
	void sendsInBothDirections() {
		register();
		End source = new End();
		SecureStream stream = this.streams.create("sink", source);
		End sink = this.sinks.get(0);
		TestLink.await(stream.send("to the sink".getBytes(StandardCharsets.US_ASCII)).toCompletableFuture());
		sink.await("<\"to the sink\">");
		TestLink.await(sink.stream().send("to the source".getBytes(StandardCharsets.US_ASCII)).toCompletableFuture());
		source.await("<\"to the source\">");
		assertThat(stream.snapshot().counters().sentMessages()).isEqualTo(1);
		assertThat(stream.snapshot().counters().receivedMessages()).isEqualTo(1);
	}

	@Test
	void manySourcesJoinOneSink() {
		SinkRegistration registration = register();
		SecureStream first = this.streams.create("sink", new End());
		this.streams.create("sink", new End());
		this.streams.create("sink", new End());
		assertThat(this.sinks).extracting((sink) -> sink.events.get(0))
			.containsExactly("SINK_JOIN", "SINK_JOIN 1", "SINK_JOIN 2");
		assertThat(registration.sources()).isEqualTo(3);
		first.close();
		this.sinks.get(0).await(StreamState.DESTROYING);
		this.streams.create("sink", new End());
		assertThat(this.sinks.get(3).events).startsWith("SINK_JOIN 2", "CREATING");
		first.send(new byte[1]);
		this.sinks.forEach((sink) -> assertThat(sink.events).noneMatch((event) -> event.startsWith("<")));
	}

	@Test
	void endsWithTheSource() {
		SinkRegistration registration = register();
		End source = new End();
		SecureStream stream = this.streams.create("sink", source);
		stream.close();
		End sink = this.sinks.get(0);
		sink.await(StreamState.DESTROYING);
		source.await(StreamState.DESTROYING);
		assertThat(source.events).endsWith("CONNECTED", "DISCONNECTED", "DESTROYING");
		assertThat(sink.events).endsWith("CONNECTED", "DISCONNECTED", "SINK_PART", "DESTROYING");
		this.streams.close();
		assertThat(this.streams.streams()).isEmpty();
		assertThat(registration.sources()).isZero();
	}

	@Test
	void endsWithTheSink() {
		register();
		End source = new End();
		this.streams.create("sink", source);
		End sink = this.sinks.get(0);
		sink.stream().close();
		source.await(StreamState.DESTROYING);
		assertThat(source.events).endsWith("CONNECTED", "DISCONNECTED", "DESTROYING");
		assertThat(sink.events).endsWith("CONNECTED", "DISCONNECTED", "SINK_PART", "DESTROYING");
	}

	@Test
	void disconnectingIsAsGoodAsClosing() {
		register();
		End source = new End();
		this.streams.create("sink", source).disconnect();
		this.sinks.get(0).await(StreamState.DESTROYING);
		source.await(StreamState.DESTROYING);
	}

	@Test
	void deliversWhatWasWrittenBeforeTheEnd() {
		register();
		End source = new End() {
			@Override
			public void onWritable(SecureStream stream, TxSlot slot) {
				slot.write("last words").end();
				stream.close();
			}
		};
		this.streams.create("sink", source).requestTx();
		End sink = this.sinks.get(0);
		sink.await(StreamState.DESTROYING);
		assertThat(sink.events).containsSubsequence("<\"last words\">", "DISCONNECTED");
	}

	@Test
	void sinkMayRefuse() {
		this.streams.registerSink("sink", () -> {
			End refusing = new End() {
				@Override
				public void onState(SecureStream stream, StreamState state, long ordinal) {
					super.onState(stream, state, ordinal);
					if (state == StreamState.SINK_JOIN) {
						stream.close();
					}
				}
			};
			this.sinks.add(refusing);
			return refusing;
		});
		End source = new End();
		assertThatExceptionOfType(SecureStreamsException.class).isThrownBy(() -> this.streams.create("sink", source))
			.withMessage("streamtype \"sink\": the sink refuses the source");
		assertThat(source.events).isEmpty();
		assertThat(this.sinks.get(0).events).containsExactly("SINK_JOIN", "DESTROYING");
		assertThat(this.streams.streams()).isEmpty();
	}

	@Test
	void sinkThatThrowsRefuses() {
		SinkRegistration registration = this.streams.registerSink("sink", () -> new End() {
			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				throw new IllegalStateException("on purpose");
			}
		});
		assertThatExceptionOfType(SecureStreamsException.class)
			.isThrownBy(() -> this.streams.create("sink", new End()));
		assertThat(registration.sources()).isZero();
		registration.close();
		this.streams.registerSink("sink", () -> {
			throw new IllegalStateException("none left");
		});
		assertThatExceptionOfType(SecureStreamsException.class).isThrownBy(() -> this.streams.create("sink", new End()))
			.withMessageContaining("none left");
		assertThat(this.streams.streams()).isEmpty();
	}

	@Test
	void sinkThatLeavesAtOnceTakesTheSourceAlong() {
		this.streams.registerSink("sink", () -> new End() {
			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				if (state == StreamState.CONNECTING) {
					stream.close();
				}
			}
		});
		End source = new End();
		this.streams.create("sink", source);
		source.await(StreamState.DESTROYING);
		assertThat(source.events).containsExactly("CREATING", "CONNECTING", "CONNECTED", "DISCONNECTED", "DESTROYING");
	}

	@Test
	void sourceThatLeavesAtOnceTakesTheSinkAlong() {
		register();
		End source = new End() {
			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				super.onState(stream, state, ordinal);
				stream.close();
			}
		};
		this.streams.create("sink", source);
		this.sinks.get(0).await(StreamState.DESTROYING);
		assertThat(source.events).containsExactly("CREATING", "DESTROYING");
		assertThat(this.sinks.get(0).events).endsWith("CONNECTED", "DISCONNECTED", "SINK_PART", "DESTROYING");
	}

	@Test
	void pausedPeerGetsNothing() {
		register();
		AtomicInteger written = new AtomicInteger();
		End source = new End() {
			@Override
			public void onWritable(SecureStream stream, TxSlot slot) {
				slot.write("m" + written.incrementAndGet()).end();
				if (written.get() < 200) {
					stream.requestTx();
				}
				record("written " + written.get());
			}
		};
		SecureStream stream = this.streams.create("sink", source);
		End sink = this.sinks.get(0);
		sink.stream().pauseReceiving();
		stream.requestTx();
		// A round through the event loop behind both of the requests
		stream.startTimeout(Duration.ofMillis(1));
		source.await(StreamState.TIMEOUT);
		assertThat(written).hasValue(0);
		sink.stream().resumeReceiving();
		sink.await("<\"m200\">");
		assertThat(sink.events.stream().filter((event) -> event.startsWith("<"))).hasSize(200);
	}

	@Test
	void joinsFromACallbackOfAnotherStream() {
		register();
		End inner = new End();
		End outer = new End() {
			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
				super.onState(stream, state, ordinal);
				if (state == StreamState.CONNECTED) {
					SinkTests.this.streams.create("sink", inner);
					record("inner " + inner.events);
				}
			}
		};
		this.streams.create("sink", outer);
		outer.await("inner [CREATING, CONNECTING, CONNECTED]");
		assertThat(inner.threads).isSubsetOf(outer.threads);
	}

	@Test
	void needsASink() {
		assertThatExceptionOfType(SecureStreamsException.class).isThrownBy(() -> this.streams.create("sink", new End()))
			.withMessageContaining("has no sink that a source could join (expected: registerSink() before create())");
		SinkRegistration registration = register();
		assertThat(registration.streamType()).isEqualTo("sink");
		assertThatExceptionOfType(SecureStreamsException.class).isThrownBy(this::register)
			.withMessageContaining("has a sink already");
		End source = new End();
		SecureStream joined = this.streams.create("sink", source);
		registration.close();
		assertThatExceptionOfType(SecureStreamsException.class)
			.isThrownBy(() -> this.streams.create("sink", new End()));
		TestLink.await(joined.send(new byte[] { 'x' }).toCompletableFuture());
		this.sinks.get(0).await("<\"x\">");
		register();
		registration.close();
		this.streams.create("sink", new End());
	}

	@Test
	void onlySinkStreamTypesHaveSinks() {
		assertThatExceptionOfType(SecureStreamsException.class)
			.isThrownBy(() -> this.streams.registerSink("other", End::new))
			.withMessageContaining("\"local_sink\": true");
		assertThatExceptionOfType(UnknownStreamTypeException.class)
			.isThrownBy(() -> this.streams.registerSink("none", End::new));
		assertThatExceptionOfType(SecureStreamsException.class).isThrownBy(() -> this.streams.listen("sink", End::new));
	}

	@Test
	void drainsWithTheEngine() {
		register();
		AtomicInteger written = new AtomicInteger();
		End source = new End() {
			@Override
			public void onWritable(SecureStream stream, TxSlot slot) {
				if (written.incrementAndGet() < 100) {
					stream.requestTx();
				}
				slot.write("m" + written.get()).end();
			}
		};
		this.streams.create("sink", source).requestTx();
		TestLink.await(this.streams.shutdown(Duration.ofSeconds(20)).toCompletableFuture());
		End sink = this.sinks.get(0);
		assertThat(sink.events).containsSubsequence("<\"m100\">", "DISCONNECTED", "SINK_PART", "DESTROYING");
		assertThat(source.events).endsWith("DISCONNECTED", "DESTROYING");
		assertThatExceptionOfType(SecureStreamsException.class)
			.isThrownBy(() -> this.streams.create("sink", new End()));
	}

	private SinkRegistration register() {
		return this.streams.registerSink("sink", () -> {
			End sink = new End();
			this.sinks.add(sink);
			return sink;
		});
	}

	/**
	 * Remembers its stream, too.
	 */
	private static class End extends EventRecorder {

		private final AtomicReference<SecureStream> stream = new AtomicReference<>();

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			this.stream.set(stream);
			super.onState(stream, state, ordinal);
		}

		SecureStream stream() {
			return this.stream.get();
		}

	}

}
