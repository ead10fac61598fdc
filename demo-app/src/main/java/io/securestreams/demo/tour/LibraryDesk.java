package io.securestreams.demo.tour;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

/**
 * Answers one request to the library.
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

	private long received;

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		if (state == StreamState.SERVER_TXN) {
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
				answer(stream, 404, "No such page.");
			}
			// A report is answered when all of it has arrived
		}
	}

	@Override
	public void onReceive(SecureStream stream, Payload payload) {
		this.received += payload.length();
		if (payload.isEnd() && "/reports".equals(stream.metadata().get("path"))) {
			stream.metadata().set("receipt", "R-" + reports.incrementAndGet());
			answer(stream, 200, "Filed, " + this.received + " bytes.");
		}
	}

	private static void quote(SecureStream stream, String number) {
		if (!number.matches("[0-9]{1,9}")) {
			answer(stream, 404, "No such quote.");
			return;
		}
		Quote quote = QUOTES.get(Integer.parseInt(number) % QUOTES.size());
		stream.metadata().set("author", quote.author());
		answer(stream, 200, quote.text());
	}

	private static void weather(SecureStream stream) {
		boolean storm = weatherRequests.incrementAndGet() % STORM_EVERY == 0;
		answer(stream, storm ? STORM : 200, storm ? "No forecast during a storm." : "Sunny, light wind.");
	}

	private static void unreliable(SecureStream stream) {
		boolean well = unreliableRequests.incrementAndGet() % RELIABLE_EVERY == 0;
		answer(stream, well ? 200 : BUSY, well ? "Third time lucky." : "Not now.");
	}

	private static void answer(SecureStream stream, int status, String text) {
		stream.metadata().set("type", "text/plain; charset=utf-8");
		stream.answer(status, text.getBytes(StandardCharsets.UTF_8));
	}

	private record Quote(String text, String author) {

	}

}
