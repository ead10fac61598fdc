package io.securestreams.demo.server;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.annotation.SecureStreamHandler.Scope;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

/**
 * As many bytes as the path says, the same as {@code yes 0123456789abcde | head -c SIZE}.
 * They are made slot by slot, as fast as the client takes them.
 */
@SecureStreamHandler(value = { "download", "download-tls" }, scope = Scope.PER_STREAM)
class Download implements StreamHandler {

	private static final Pattern PATH = Pattern.compile("/download/([0-9]{1,12})");

	private static final byte[] LINES = "0123456789abcde\n".repeat(4096).getBytes(StandardCharsets.US_ASCII);

	private long size;

	private long sent;

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		if (state != StreamState.SERVER_TXN) {
			return;
		}
		Matcher path = PATH.matcher(String.valueOf(stream.metadata().get("path")));
		if (!path.matches()) {
			stream.reject();
			return;
		}
		this.size = Long.parseLong(path.group(1));
		stream.metadata().set("type", "text/plain");
		stream.requestTx(this.size);
		stream.acknowledge();
	}

	@Override
	public void onWritable(SecureStream stream, TxSlot slot) {
		int offset = (int) (this.sent % LINES.length);
		int room = Math.min(slot.capacity(), LINES.length - offset);
		int length = (int) Math.min(room, this.size - this.sent);
		slot.write(LINES, offset, length);
		this.sent += length;
		if (this.sent == this.size) {
			slot.end();
		}
	}

}
