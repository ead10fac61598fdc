package io.securestreams.transport.mqtt;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import io.securestreams.SecureStreams;
import io.securestreams.stream.DetachedSlot;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.Suspension;
import io.securestreams.stream.TxSlot;

/**
 * A handler of one stream: what it is told, what has become of its calls, and what it
 * does when, on the event loop or elsewhere.
 */
final class MqttUser implements StreamHandler {

	final String type;

	/** What the handler was told, in order; ordinals are told as the message's text. */
	private final List<String> events = new CopyOnWriteArrayList<>();

	private final List<CompletableFuture<String>> outcomes = new CopyOnWriteArrayList<>();

	private final Map<Long, String> byOrdinal = new ConcurrentHashMap<>();

	private final Map<String, Consumer<MqttUser>> reactions = new ConcurrentHashMap<>();

	private final Queue<String> texts = new ConcurrentLinkedQueue<>();

	private final boolean onLoop;

	private final Executor elsewhere;

	private final StringBuilder received = new StringBuilder();

	private String base = "";

	/** Streams of one name and one policy share a connection. */
	String client;

	/** Of the topic that is published to, or subscribed to. */
	String topic = "x";

	private volatile @Nullable SecureStream stream;

	/** Called in {@link #onWritable} instead of what it does. */
	volatile @Nullable Consumer<TxSlot> slots;

	private @Nullable String text;

	private int at;

	MqttUser(String type, boolean onLoop, Executor elsewhere) {
		this.type = type;
		this.client = type;
		this.onLoop = onLoop;
		this.elsewhere = elsewhere;
	}

	void start(SecureStreams engine, String topics) {
		this.base = topics;
		this.stream = engine.create(this.type, this);
	}

	SecureStream stream() {
		SecureStream current = this.stream;
		if (current == null) {
			throw new IllegalStateException("no stream");
		}
		return current;
	}

	/** Does something, once, when it is told so. */
	MqttUser on(String event, Consumer<MqttUser> action) {
		this.reactions.put(event, action);
		return this;
	}

	/** Calls from the test's thread. */
	MqttUser call(Consumer<SecureStream> action) {
		action.accept(stream());
		return this;
	}

	MqttUser part(String name) {
		stream().metadata().set("part", name);
		return this;
	}

	/** Gives messages in slots. */
	MqttUser slots(String... messages) {
		this.texts.addAll(List.of(messages));
		stream().requestTx();
		return this;
	}

	MqttUser send(String message) {
		CompletableFuture<Long> sending = stream().send(message.getBytes(StandardCharsets.UTF_8)).toCompletableFuture();
		this.outcomes.add(sending.handle((ordinal, failure) -> {
			if (failure != null) {
				return message + " " + failure.getClass().getSimpleName();
			}
			this.byOrdinal.put(ordinal, message);
			return message + " sent";
		}));
		return this;
	}

	/** A slot ends a message. */
	void ended(long ordinal, String message) {
		this.byOrdinal.put(ordinal, message);
	}

	MqttUser await(String expected) {
		return await(1, expected);
	}

	/** Waits until it has been told something so often. */
	MqttUser await(int times, String expected) {
		return await(times, expected::equals);
	}

	MqttUser await(int times, Predicate<String> expected) {
		try {
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.pollInterval(Duration.ofMillis(2))
				.pollDelay(Duration.ZERO)
				.until(() -> events().stream().filter(expected).count() >= times);
		}
		catch (RuntimeException ex) {
			throw new AssertionError("told: " + events() + ", " + this.outcomes, ex);
		}
		return this;
	}

	/** What has become of each {@code send()}. */
	List<String> outcomes() throws Exception {
		List<String> all = new ArrayList<>();
		for (CompletableFuture<String> outcome : this.outcomes) {
			all.add(outcome.get(20, TimeUnit.SECONDS));
		}
		return all;
	}

	List<String> events() {
		return this.events.stream().map(this::named).toList();
	}

	private String named(String event) {
		int mark = event.indexOf('#');
		return (mark < 0) ? event : event.substring(0, mark)
				+ this.byOrdinal.getOrDefault(Long.valueOf(event.substring(mark + 1)), event.substring(mark));
	}

	/** All that the handler knows, when each call has an outcome. */
	List<String> told() throws Exception {
		List<String> ends = outcomes();
		List<String> all = new ArrayList<>(events());
		all.addAll(ends);
		return all;
	}

	private void told(String event) {
		this.events.add(event);
		react(event);
	}

	private void react(String event) {
		Consumer<MqttUser> reaction = this.reactions.remove(event);
		if (reaction != null) {
			act(() -> reaction.accept(this));
		}
	}

	/** As the handlers of Spring do: elsewhere, an exception fails the stream. */
	private void act(Runnable action) {
		if (this.onLoop) {
			action.run();
			return;
		}
		Suspension suspension = stream().suspendReceiving();
		this.elsewhere.execute(() -> {
			try {
				action.run();
			}
			catch (RuntimeException ex) {
				stream().fail(ex);
			}
			finally {
				suspension.close();
			}
		});
	}

	@Override
	public void onState(SecureStream current, StreamState state, long ordinal) {
		this.stream = current;
		switch (state) {
			case CREATING -> {
				current.metadata().set("mqtt_client_id", this.base.replace('/', '-') + this.client);
				current.metadata().set("part", this.topic);
				told("CREATING");
			}
			case QOS_ACK_REMOTE -> {
				this.events.add("acknowledged #" + ordinal);
				react("acknowledged");
			}
			case QOS_NACK_REMOTE -> {
				this.events.add("rejected #" + ordinal);
				react("rejected");
			}
			default -> told(state.name());
		}
	}

	@Override
	public void onReceive(SecureStream current, Payload payload) {
		if (payload.isStart()) {
			this.received.setLength(0);
			this.events.add("start on " + current.metadata().get("topic").substring(this.base.length()));
		}
		this.received.append(payload.text());
		if (payload.isEnd()) {
			told("end of " + this.received);
		}
	}

	@Override
	public void onWritable(SecureStream current, TxSlot slot) {
		Consumer<TxSlot> other = this.slots;
		if (other != null) {
			other.accept(slot);
		}
		else if (this.onLoop) {
			fill(slot);
		}
		else {
			DetachedSlot taken = slot.detach();
			this.elsewhere.execute(() -> {
				fill(taken);
				taken.submit();
			});
		}
	}

	/** Writes what fits of the message that is next, and asks for more room. */
	void fill(TxSlot slot) {
		if (this.text == null) {
			this.text = this.texts.poll();
			this.at = 0;
		}
		String current = this.text;
		if (current == null) {
			return;
		}
		int end = Math.min(this.at + slot.capacity(), current.length());
		slot.write(current.substring(this.at, end));
		this.at = end;
		boolean complete = end == current.length();
		if (complete) {
			slot.end();
			ended(slot.ordinal(), current);
			this.text = null;
		}
		if (!complete || !this.texts.isEmpty()) {
			stream().requestTx();
		}
	}

	/** What is in the middle starts again. */
	void rewind() {
		this.at = 0;
	}

}
