package io.securestreams.demo.tour;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

/**
 * Answers one request to the office.
 */
class OfficeDesk implements StreamHandler {

	/** How long a token is good for: short, so that one sees it being renewed. */
	private static final int SECONDS = 30;

	private static final Logger logger = LoggerFactory.getLogger("tour.office");

	private static final AtomicInteger tokens = new AtomicInteger();

	private final PolicyOffice office;

	private final StringBuilder form = new StringBuilder();

	OfficeDesk(PolicyOffice office) {
		this.office = office;
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		if (state != StreamState.SERVER_TXN) {
			return;
		}
		switch (String.valueOf(stream.metadata().get("path"))) {
			case "/policy.json" -> answer(stream, 200, "application/json", this.office.document());
			case "/generate_204" -> internet(stream);
			case "/members" -> members(stream);
			case "/token" -> {
				// When all of the form has arrived
			}
			default -> answer(stream, 404, "text/plain", "No such page.");
		}
	}

	@Override
	public void onReceive(SecureStream stream, Payload payload) {
		this.form.append(payload.text());
		if (payload.isEnd() && "/token".equals(stream.metadata().get("path"))) {
			token(stream);
		}
	}

	/** RFC 6749 section 4.4. */
	private void token(SecureStream stream) {
		String text = this.form.toString();
		if (text.contains("grant_type=client_credentials") && text.contains("client_id=tour")) {
			int number = tokens.incrementAndGet();
			logger.info("gives token {} to the tour, for {} s", number, SECONDS);
			answer(stream, 200, "application/json", "{\"access_token\": \"member-" + number
					+ "\", \"token_type\": \"bearer\", \"expires_in\": " + SECONDS + "}");
		}
		else {
			answer(stream, 400, "application/json", "{\"error\": \"invalid_client\"}");
		}
	}

	private void members(SecureStream stream) {
		boolean known = ("Bearer member-" + tokens.get()).equals(stream.metadata().get("credentials"));
		answer(stream, known ? 200 : 401, "text/plain", known ? "Welcome back." : "Members only.");
	}

	private void internet(SecureStream stream) {
		if (this.office.isCaptive()) {
			answer(stream, 200, "text/html", "<html><body>Please sign in to use this network.</body></html>");
		}
		else {
			stream.answer(204);
		}
	}

	private static void answer(SecureStream stream, int status, String type, String text) {
		stream.metadata().set("type", type);
		stream.answer(status, text.getBytes(StandardCharsets.UTF_8));
	}

}
