package io.securestreams.demo.tour;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

/**
 * Answers the requests of one connection to the library, one after the other.
 */
class LibraryDesk implements StreamHandler {

	/** Every so many requests the weather is too bad for a forecast. */
	private static final int STORM_EVERY = 3;

	/** Every so many requests the unreliable page answers. */
	private static final int RELIABLE_EVERY = 3;

	private static final int STORM = 530;

	private static final int BUSY = 503;

	private static final List<Quote> QUOTES = List
		.of(new Quote("That brain of mine is something more than merely mortal, as time will show.", "Ada Lovelace"),
				new Quote("The most dangerous phrase in the language is: we have always done it this way.",
						"Grace Hopper"),
				new Quote("Simplicity is prerequisite for reliability.", "Edsger W. Dijkstra"),
				new Quote("Premature optimization is the root of all evil.", "Donald Knuth"),
				new Quote("Controlling complexity is the essence of computer programming.", "Brian Kernighan"));

	private static final AtomicInteger weatherRequests = new AtomicInteger();

	private static final AtomicInteger unreliableRequests = new AtomicInteger();

	private static final AtomicInteger reports = new AtomicInteger();

	private byte[] answer = new byte[0];

	private int sent;

	private long received;

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		if (state == StreamState.SERVER_TXN) {
			this.received = 0;
			String path = String.valueOf(stream.metadata().get("path"));
			if (path.startsWith("/quotes/")) {
				quote(stream, path.substring("/quotes/".length()));
			}
			else if (path.equals("/weather")) {
				weather(stream);
			}
			else if (path.equals("/unreliable")) {
				unreliable(stream);
			}
			else if (!path.equals("/reports") || !"POST".equals(stream.metadata().get("method"))) {
				stream.reject();
				answer(stream, "No such page.");
			}
			// A report is answered when all of it has arrived
		}
	}

	@Override
	public void onReceive(SecureStream stream, Payload payload) {
		this.received += payload.length();
		if (payload.isEnd() && "/reports".equals(stream.metadata().get("path"))) {
			stream.acknowledge();
			stream.metadata().set("receipt", "R-" + reports.incrementAndGet());
			answer(stream, "Filed, " + this.received + " bytes.");
		}
	}

	@Override
	public void onWritable(SecureStream stream, TxSlot slot) {
		int size = Math.min(slot.capacity(), this.answer.length - this.sent);
		slot.write(this.answer, this.sent, size);
		this.sent += size;
		if (this.sent == this.answer.length) {
			slot.end();
		}
	}

	private void quote(SecureStream stream, String number) {
		if (!number.matches("[0-9]{1,9}")) {
			stream.reject();
			answer(stream, "No such quote.");
			return;
		}
		Quote quote = QUOTES.get(Integer.parseInt(number) % QUOTES.size());
		stream.acknowledge();
		stream.metadata().set("author", quote.author());
		answer(stream, quote.text());
	}

	private void weather(SecureStream stream) {
		boolean storm = weatherRequests.incrementAndGet() % STORM_EVERY == 0;
		stream.acknowledge(storm ? STORM : 200);
		answer(stream, storm ? "No forecast during a storm." : "Sunny, light wind.");
	}

	private void unreliable(SecureStream stream) {
		boolean well = unreliableRequests.incrementAndGet() % RELIABLE_EVERY == 0;
		stream.acknowledge(well ? 200 : BUSY);
		answer(stream, well ? "Third time lucky." : "Not now.");
	}

	private void answer(SecureStream stream, String text) {
		stream.metadata().set("type", "text/plain; charset=utf-8");
		this.answer = text.getBytes(StandardCharsets.UTF_8);
		this.sent = 0;
		stream.requestTx(this.answer.length);
	}

	private record Quote(String text, String author) {

	}

}
