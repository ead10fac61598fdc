package io.securestreams.demo.server;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.annotation.SecureStreamHandler.Scope;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.adapter.MessageSource;
import io.securestreams.stream.adapter.OutgoingMessage;

/**
 * As many bytes as the path says, the same as {@code yes 0123456789abcde | head -c SIZE}.
 * They are made slot by slot, as fast as the client takes them.
 */
@SecureStreamHandler(value = { "download", "download-tls" }, scope = Scope.PER_STREAM)
class Download implements StreamHandler {

	private static final Pattern PATH = Pattern.compile("/download/([0-9]{1,12})");

	private static final byte[] LINES = "0123456789abcde\n".repeat(4096).getBytes(StandardCharsets.US_ASCII);

	private @Nullable OutgoingMessage message;

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
		stream.acknowledge();
		stream.metadata().set("type", "text/plain");
		this.message = new OutgoingMessage(MessageSource.of(Lines::new, Long.parseLong(path.group(1))));
		this.message.request(stream);
	}

	@Override
	public void onWritable(SecureStream stream, TxSlot slot) {
		if (this.message != null) {
			this.message.write(stream, slot);
		}
	}

	/**
	 * Lines without end.
	 */
	private static final class Lines extends InputStream {

		private int offset;

		@Override
		public int read() {
			byte next = LINES[this.offset];
			this.offset = (this.offset + 1) % LINES.length;
			return next;
		}

		@Override
		public int read(byte[] bytes, int start, int length) {
			int size = Math.min(length, LINES.length - this.offset);
			System.arraycopy(LINES, this.offset, bytes, start, size);
			this.offset = (this.offset + size) % LINES.length;
			return size;
		}

	}

}
