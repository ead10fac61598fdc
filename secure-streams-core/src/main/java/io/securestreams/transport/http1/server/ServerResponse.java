package io.securestreams.transport.http1.server;

import java.util.Locale;
import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.securestreams.transport.http.HeaderSink;
import io.securestreams.transport.http.ResponseRules;
import io.securestreams.transport.http.DateField;
import io.securestreams.transport.http.exchange.ServerExchange;
import io.securestreams.transport.http1.BodyWriter;
import io.securestreams.transport.http1.BodyWriter.Mode;
import io.securestreams.transport.http1.HeadBuffers;
import io.securestreams.transport.http1.Http1Handler;
import org.jspecify.annotations.Nullable;

/**
 * Writes the responses of one connection, one after the other.
 */
final class ServerResponse implements HeaderSink {

	private static final String VERSION = "HTTP/1.1 ";

	/** Usual size of a head, in bytes. */
	private static final int HEAD_SIZE = 256;

	private final Http1Handler out;

	private final BodyWriter body;

	private String method = "GET";

	private int minor;

	private boolean persistent;

	private boolean headSent = true;

	private boolean done = true;

	/** Bytes of the next status line that have been sent already. */
	private int startSent;

	/** A head that is being written. */
	private @Nullable ByteBuf head;

	/** A head that leaves with the first piece of the body. */
	private @Nullable ByteBuf unsent;

	private boolean hasDate;

	ServerResponse(Http1Handler out) {
		this.out = out;
		this.body = new BodyWriter(out);
	}

	/**
	 * Starts the response to a request.
	 * @param requestMethod request method
	 * @param requestMinor minor version of the request
	 * @param keepAlive whether the client allows another request
	 */
	void start(String requestMethod, int requestMinor, boolean keepAlive) {
		this.method = requestMethod;
		this.minor = requestMinor;
		this.persistent = keepAlive;
		this.headSent = false;
		this.done = false;
	}

	/** Whether the head has been written. */
	boolean isHeadSent() {
		return this.headSent;
	}

	/** Whether all of it has been written. */
	boolean isDone() {
		return this.done;
	}

	/** The connection ends after this response. */
	void closeAfter() {
		this.persistent = false;
	}

	boolean isPersistent() {
		return this.persistent;
	}

	/**
	 * Writes the head of an application's response.
	 * @param exchange whose response it is
	 * @param code status code
	 * @param length length of the body, or -1 if it is not known
	 * @param last whether no body follows
	 * @param epochMillis current time
	 */
	void head(ServerExchange exchange, int code, long length, boolean last, long epochMillis) {
		Mode mode = (length >= 0) ? Mode.LENGTH : (this.minor > 0) ? Mode.CHUNKED : Mode.UNTIL_CLOSE;
		this.persistent &= mode != Mode.UNTIL_CLOSE;
		ByteBuf buffer = HeadBuffers.take(this.out.context().alloc(), HEAD_SIZE + BodyWriter.room(length));
		this.head = buffer;
		this.hasDate = false;
		boolean written = false;
		try {
			statusLine(buffer, code);
			exchange.fields(this);
			if (!this.hasDate) {
				line(buffer, "date", DateField.at(epochMillis));
			}
			if (ResponseRules.hasContent("GET", code)) {
				switch (mode) {
					case LENGTH -> contentLength(buffer, length);
					case CHUNKED -> line(buffer, "transfer-encoding", "chunked");
					default -> {
					}
				}
			}
			if (!this.persistent) {
				line(buffer, "connection", "close");
			}
			else if (this.minor == 0) {
				line(buffer, "connection", "keep-alive");
			}
			buffer.writeByte('\r').writeByte('\n');
			written = true;
		}
		finally {
			this.head = null;
			if (!written) {
				buffer.release();
			}
		}
		this.body.start(ResponseRules.hasContent(this.method, code) ? mode : Mode.NONE, length);
		this.headSent = true;
		this.startSent = 0;
		if (last) {
			this.out.write(buffer);
			this.body.end();
			this.done = true;
		}
		else {
			this.unsent = buffer;
		}
	}

	/**
	 * Writes a piece of the body, the first one together with the head. It follows the
	 * head at once.
	 * @param piece the bytes, of which ownership is taken
	 * @param last whether it is the last one
	 */
	void body(ByteBuf piece, boolean last) {
		ByteBuf start = this.unsent;
		this.unsent = null;
		if (start != null) {
			this.body.write(start, piece);
		}
		else {
			this.body.write(piece);
		}
		if (last) {
			this.body.end();
			this.done = true;
		}
	}

	@Override
	public void field(String name, String value) {
		ByteBuf buffer = this.head;
		if (buffer == null) {
			return;
		}
		switch (name.toLowerCase(Locale.ROOT)) {
			case "content-length", "transfer-encoding" -> {
				// Framing is ours
				return;
			}
			case "connection" -> {
				this.persistent &= !value.toLowerCase(Locale.ROOT).contains("close");
				return;
			}
			case "date" -> this.hasDate = true;
			default -> {
			}
		}
		line(buffer, name, value);
	}

	/** Says that the body may be sent (RFC 9110 section 10.1.1). */
	void proceed() {
		ByteBuf buffer = this.out.context().alloc().directBuffer(32);
		statusLine(buffer, 100);
		send(buffer.writeByte('\r').writeByte('\n'));
	}

	/**
	 * Sends a byte of what comes next in any case.
	 * @return {@code false} if there is none
	 */
	boolean startEarly() {
		if (this.headSent || this.startSent == VERSION.length()) {
			return false;
		}
		this.out.write(this.out.context().alloc().directBuffer(1).writeByte(VERSION.charAt(this.startSent++)));
		return true;
	}

	/** Answers what is no proper request, and announces the end of the connection. */
	void error(int code, long epochMillis) {
		this.persistent = false;
		ownAnswer(code, epochMillis, (sink) -> {
		});
	}

	/**
	 * Answers without a stream, and without a body.
	 * @param code status code
	 * @param epochMillis current time
	 * @param fields writes further header fields
	 */
	void ownAnswer(int code, long epochMillis, Consumer<HeaderSink> fields) {
		ByteBuf buffer = ownHead(code, epochMillis, fields);
		line(buffer, "content-length", "0");
		if (!this.persistent) {
			line(buffer, "connection", "close");
		}
		else if (this.minor == 0) {
			line(buffer, "connection", "keep-alive");
		}
		send(buffer.writeByte('\r').writeByte('\n'));
		this.headSent = true;
		this.done = true;
	}

	/** Goes over to another protocol (RFC 9110 section 15.2.2). */
	void switching(String protocol, long epochMillis, Consumer<HeaderSink> fields) {
		ByteBuf buffer = ownHead(101, epochMillis, fields);
		line(buffer, "upgrade", protocol);
		line(buffer, "connection", "upgrade");
		send(buffer.writeByte('\r').writeByte('\n'));
		this.headSent = true;
		this.done = true;
	}

	private ByteBuf ownHead(int code, long epochMillis, Consumer<HeaderSink> fields) {
		ByteBuf buffer = this.out.context().alloc().directBuffer(256);
		statusLine(buffer, code);
		line(buffer, "date", DateField.at(epochMillis));
		boolean written = false;
		try {
			fields.accept((name, value) -> line(buffer, name, value));
			written = true;
		}
		finally {
			if (!written) {
				buffer.release();
			}
		}
		return buffer;
	}

	private void send(ByteBuf wholeHead) {
		this.startSent = 0;
		this.out.write(wholeHead);
	}

	private void statusLine(ByteBuf buffer, int code) {
		HttpResponseStatus known = HttpResponseStatus.valueOf(code);
		ByteBufUtil.writeAscii(buffer, VERSION);
		buffer.skipBytes(this.startSent);
		ByteBufUtil.writeAscii(buffer, known.codeAsText());
		buffer.writeByte(' ');
		ByteBufUtil.writeAscii(buffer, known.reasonPhrase());
		buffer.writeByte('\r').writeByte('\n');
	}

	/** Digit by digit, for it is in nearly every response. */
	private static void contentLength(ByteBuf buffer, long length) {
		ByteBufUtil.writeAscii(buffer, "content-length: ");
		long power = 1;
		while (power <= length / 10) {
			power *= 10;
		}
		for (long left = power; left > 0; left /= 10) {
			buffer.writeByte((int) ('0' + length / left % 10));
		}
		buffer.writeByte('\r').writeByte('\n');
	}

	private static void line(ByteBuf buffer, String name, String value) {
		ByteBufUtil.writeAscii(buffer, name);
		buffer.writeByte(':').writeByte(' ');
		ByteBufUtil.writeUtf8(buffer, value);
		buffer.writeByte('\r').writeByte('\n');
	}

}
