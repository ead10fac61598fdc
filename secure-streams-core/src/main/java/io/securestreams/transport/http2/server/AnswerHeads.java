package io.securestreams.transport.http2.server;

import java.util.function.Consumer;

import io.securestreams.transport.http.HeaderSink;
import io.securestreams.transport.http.ResponseRules;
import io.securestreams.transport.http.DateField;
import io.securestreams.transport.http.exchange.ServerExchange;
import io.securestreams.transport.http2.frame.FieldNames;
import io.securestreams.transport.http2.frame.HeaderBlock;

/**
 * Writes the heads of a connection's answers, one after the other.
 */
final class AnswerHeads implements HeaderSink {

	private static final int CONTINUE = 100;

	private final Http2ServerConnection connection;

	private final FieldNames names;

	private final HeaderBlock block = new HeaderBlock();

	private boolean hasDate;

	AnswerHeads(Http2ServerConnection connection, FieldNames names) {
		this.connection = connection;
		this.names = names;
	}

	/**
	 * Writes the head of an application's answer.
	 * @param streamId the stream
	 * @param exchange has its fields
	 * @param status status code
	 * @param length length of the body, or -1 if it is not known
	 * @param end whether no body follows
	 */
	void write(int streamId, ServerExchange exchange, int status, long length, boolean end) {
		start(status);
		exchange.fields(this);
		if (!this.hasDate) {
			date();
		}
		if (length >= 0 && ResponseRules.hasContent("GET", status)) {
			this.block.contentLength(length);
		}
		send(streamId, end);
	}

	/**
	 * Writes the head of an answer that no application has anything to do with.
	 * @param streamId the stream
	 * @param status status code
	 * @param fields writes further fields, checked ones
	 * @param end whether it is over with that
	 */
	void write(int streamId, int status, Consumer<HeaderSink> fields, boolean end) {
		start(status);
		date();
		if (end) {
			this.block.contentLength(0);
		}
		fields.accept(this);
		send(streamId, end);
	}

	/** Says that the body may be sent (RFC 9110 section 10.1.1). */
	void proceed(int streamId) {
		start(CONTINUE);
		send(streamId, false);
	}

	private void start(int status) {
		this.hasDate = false;
		this.block.reset();
		this.block.status(status);
	}

	private void date() {
		this.block.date(DateField.at(this.connection.executor().epochMillis()));
	}

	@Override
	public void field(String name, String value) {
		byte[] encoded = this.names.encode(name);
		if (encoded != null) {
			this.block.field(encoded, value);
			this.hasDate |= name.equalsIgnoreCase("date");
		}
	}

	private void send(int streamId, boolean end) {
		this.connection.writer()
			.headers(streamId, this.block.array(), this.block.length(), end, this.connection.peer().maxFrameSize());
	}

}
