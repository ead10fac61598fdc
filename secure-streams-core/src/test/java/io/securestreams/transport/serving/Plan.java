package io.securestreams.transport.serving;

import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * What a handler does with each request.
 */
final class Plan {

	/** There is a request. */
	Consumer<Transaction> asked = (transaction) -> {
	};

	/** Some of its body has come, on the event loop. */
	Consumer<Transaction> started = (transaction) -> {
	};

	/** All of its body has come. */
	BiConsumer<Transaction, String> whole = (transaction, body) -> {
	};

	/** Leaves later slots as they are, if not negative. */
	int maxSlots = -1;

	/** Takes no body before the handler has found out. */
	boolean pausing;

	static Plan nothing() {
		return new Plan();
	}

	static Plan asked(Consumer<Transaction> action) {
		return new Plan().onAsked(action);
	}

	static Plan whole(BiConsumer<Transaction, String> action) {
		return new Plan().onWhole(action);
	}

	Plan onAsked(Consumer<Transaction> action) {
		this.asked = action;
		return this;
	}

	Plan onStarted(Consumer<Transaction> action) {
		this.started = action;
		return this;
	}

	Plan onWhole(BiConsumer<Transaction, String> action) {
		this.whole = action;
		return this;
	}

	Plan pausing() {
		this.pausing = true;
		return this;
	}

	Plan slots(int count) {
		this.maxSlots = count;
		return this;
	}

}
