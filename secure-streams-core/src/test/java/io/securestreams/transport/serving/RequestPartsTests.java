package io.securestreams.transport.serving;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.securestreams.policy.HttpBody;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.securestreams.transport.serving.ServingFixture.last;
import static io.securestreams.transport.serving.ServingFixture.talk;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Bodies of several parts, and others, where {@code http_multipart_ss_in} is set.
 */
@Timeout(60)
class RequestPartsTests {

	private final List<String> pieces = new CopyOnWriteArrayList<>();

	private ServingFixture start() {
		return new ServingFixture("auto",
				ServingFixture.server("parts", 0)
					.body(new HttpBody(false, false, HttpBody.Multipart.NONE, true))
					.build());
	}

	private int listen(ServingFixture serving) {
		return ((InetSocketAddress) serving.listen("parts", Collect::new).address()).getPort();
	}

	private static String post(String type, String body) {
		return "POST /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: " + type + "\r\nContent-Length: "
				+ body.length() + "\r\n\r\n" + body;
	}

	@Test
	void partsAreMessages() throws Exception {
		try (ServingFixture serving = start()) {
			String body = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b\r\n\r\ntwo\r\n--b--\r\n";
			assertThat(talk(listen(serving), post("multipart/form-data; boundary=\"b\"", body))).endsWith("done");
			assertThat(String.join("", this.pieces).replace("\r\n", "~"))
				.isEqualTo("{(Content-Disposition: form-data; name=\"a\"~~1)(~two)}");
		}
	}

	@Test
	void otherBodiesAreOneMessage() throws Exception {
		try (ServingFixture serving = start()) {
			assertThat(talk(listen(serving), post("application/x-www-form-urlencoded", "a=1&b=2"))).endsWith("done");
			assertThat(String.join("", this.pieces)).isEqualTo("(a=1&b=2)");
		}
	}

	@Test
	void brokenPartsAreRefusedAndOthersServed() throws Exception {
		try (ServingFixture serving = start()) {
			int port = listen(serving);
			assertThat(talk(port, post("multipart/form-data; boundary=b", "--b\r\n\r\nhalf a part")))
				.startsWith("HTTP/1.1 400 ");
			assertThat(talk(port, last("/"))).startsWith("HTTP/1.1 200 ");
		}
	}

	/** Keeps marks and text. */
	private final class Collect implements StreamHandler {

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_TXN) {
				stream.acknowledge();
				if ("GET".equals(stream.metadata().get("method"))) {
					stream.requestTx();
				}
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			RequestPartsTests.this.pieces.add((payload.isRelatedStart() ? "{" : "") + (payload.isStart() ? "(" : "")
					+ payload.text() + (payload.isEnd() ? ")" : "") + (payload.isRelatedEnd() ? "}" : ""));
			if (payload.isRelatedEnd() || (payload.isEnd() && !RequestPartsTests.this.pieces.get(0).startsWith("{"))) {
				stream.requestTx();
			}
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			slot.start().write("done").end();
		}

	}

}
