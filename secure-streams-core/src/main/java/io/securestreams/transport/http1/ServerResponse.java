package io.securestreams.transport.http1;

import java.util.Locale;
import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.transport.http.DateField;
import io.securestreams.transport.http.HeaderSink;
import io.securestreams.transport.http.ResponseRules;
import io.securestreams.transport.http.ServerAnswer;
import io.securestreams.transport.http1.BodyWriter.Mode;
import org.jspecify.annotations.Nullable;

/**
 * Writes the responses of one connection, one after the other.
 */
final class ServerResponse implements HeaderSink {

	private final Http1Handler out;

	private final BodyWriter body;

	private String method = "GET";

	private int minor;

	private boolean persistent;

	private final ServerAnswer answer = new ServerAnswer();

	private @Nullable ByteBuf head;

	private boolean hasDate;

	ServerResponse(Http1Handler out) {
		this.out = out;
		this.body = new BodyWriter(out);
		this.answer.done();
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
		this.answer.start();
	}

	/** What the application has decided. */
	ServerAnswer answer() {
		return this.answer;
	}

	/** The connection ends after this response. */
	void closeAfter() {
		this.persistent = false;
	}

	boolean isPersistent() {
		return this.persistent;
	}

	/** Answers without a body. */
	void empty(AcceptedStream stream) {
		sendHead(stream, 0);
		this.body.end();
		this.answer.done();
	}

	/**
	 * Takes a piece of the body.
	 * @param stream whose response it is
	 * @param payload the bytes, of which ownership is taken
	 * @param flags {@link PayloadFlags}
	 * @return what is wrong with it, or {@code null}
	 */
	@Nullable String write(AcceptedStream stream, ByteBuf payload, int flags) {
		boolean end = (flags & PayloadFlags.EOM) != 0;
		boolean bodyless = !ResponseRules.hasContent(this.method, this.answer.status());
		String problem = this.answer.piece(stream.link(), !stream.noContentLength(), bodyless, payload.readableBytes(),
				end);
		if (problem != null) {
			payload.release();
			return problem;
		}
		if (!this.answer.isHeadSent()) {
			try {
				sendHead(stream, this.answer.length());
			}
			catch (RuntimeException ex) {
				payload.release();
				throw ex;
			}
		}
		this.body.write(payload);
		if (end) {
			this.body.end();
			this.answer.done();
		}
		return null;
	}

	private void sendHead(AcceptedStream stream, long length) {
		StreamLink link = stream.link();
		int code = this.answer.status();
		Mode mode = (length >= 0) ? Mode.LENGTH : (this.minor > 0) ? Mode.CHUNKED : Mode.UNTIL_CLOSE;
		this.persistent &= mode != Mode.UNTIL_CLOSE;
		stream.headers().refresh(link.metadata());
		ByteBuf buffer = this.out.context().alloc().directBuffer(256);
		this.head = buffer;
		this.hasDate = false;
		boolean written = false;
		try {
			statusLine(buffer, code);
			stream.headers().forEach(link.metadata(), this);
			if (!this.hasDate) {
				line(buffer, "date", DateField.at(link.executor().epochMillis()));
			}
			if (ResponseRules.hasContent("GET", code)) {
				switch (mode) {
					case LENGTH -> line(buffer, "content-length", Long.toString(length));
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
		this.answer.headSent();
		this.out.write(buffer);
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
		this.out.write(ByteBufUtil.writeAscii(this.out.context().alloc(), "HTTP/1.1 100 Continue\r\n\r\n"));
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
		this.out.write(buffer.writeByte('\r').writeByte('\n'));
		this.answer.decide(code, true);
		this.answer.headSent();
		this.answer.done();
	}

	/** Goes over to another protocol (RFC 9110 section 15.2.2). */
	void switching(String protocol, long epochMillis, Consumer<HeaderSink> fields) {
		ByteBuf buffer = ownHead(101, epochMillis, fields);
		line(buffer, "upgrade", protocol);
		line(buffer, "connection", "upgrade");
		this.out.write(buffer.writeByte('\r').writeByte('\n'));
		this.answer.headSent();
		this.answer.done();
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

	private static void statusLine(ByteBuf buffer, int code) {
		HttpResponseStatus known = HttpResponseStatus.valueOf(code);
		ByteBufUtil.writeAscii(buffer, "HTTP/1.1 ");
		ByteBufUtil.writeAscii(buffer, known.codeAsText());
		buffer.writeByte(' ');
		ByteBufUtil.writeAscii(buffer, known.reasonPhrase());
		buffer.writeByte('\r').writeByte('\n');
	}

	private static void line(ByteBuf buffer, String name, String value) {
		ByteBufUtil.writeAscii(buffer, name);
		buffer.writeByte(':').writeByte(' ');
		ByteBufUtil.writeUtf8(buffer, value);
		buffer.writeByte('\r').writeByte('\n');
	}

}
