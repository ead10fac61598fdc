package io.securestreams.transport.http.exchange;

import io.netty.buffer.ByteBuf;
import io.securestreams.engine.spi.AcceptedLink;
import io.securestreams.limits.HttpMessageLimits;
import io.securestreams.policy.http.HttpBody;
import io.securestreams.transport.http.ReceivedHeaders;
import io.securestreams.transport.http.multipart.MessagePayload;
import org.jspecify.annotations.Nullable;

/**
 * The content of a request on its way to the application: whether there is any, whether
 * its client waits for a sign that it is wanted, and whether all of it has been
 * delivered.
 */
final class RequestDelivery {

	private @Nullable MessagePayload payload;

	private boolean continueDue;

	private boolean complete;

	/**
	 * There is a request.
	 * @param link gets its content
	 * @param policy whether multipart bodies are taken apart
	 * @param limits most parts, and longest head of one
	 * @param fields header fields
	 * @param content whether content is to be expected, be it empty
	 * @param expectsContinue whether the client waits for a sign that it is wanted
	 */
	void start(AcceptedLink link, HttpBody policy, HttpMessageLimits limits, ReceivedHeaders fields, boolean content,
			boolean expectsContinue) {
		this.continueDue = expectsContinue;
		this.complete = !content;
		if (content) {
			MessagePayload body = new MessagePayload(link, policy, limits);
			body.start(fields);
			this.payload = body;
		}
	}

	/**
	 * Delivers a piece.
	 * @param piece borrowed
	 * @param wanted whether the application still wants it
	 * @return what is wrong with it, or {@code null}
	 */
	@Nullable String piece(ByteBuf piece, boolean wanted) {
		MessagePayload body = this.payload;
		this.continueDue = false;
		if (body != null && wanted) {
			try {
				body.content(piece);
			}
			catch (IllegalArgumentException ex) {
				return "multipart body: " + ex.getMessage();
			}
		}
		return null;
	}

	/**
	 * Delivers the end.
	 * @param wanted whether the application still wants it
	 * @return what is wrong with it, or {@code null}
	 */
	@Nullable String end(boolean wanted) {
		MessagePayload body = this.payload;
		this.complete = true;
		this.continueDue = false;
		if (body != null && wanted) {
			if (body.isIncomplete()) {
				return "multipart body without its end";
			}
			body.endExpected();
		}
		return null;
	}

	/** Whether all of the request has been delivered. */
	boolean isComplete() {
		return this.complete;
	}

	/** Whether the client waits for a sign that its content is wanted. */
	boolean isContinueDue() {
		return this.continueDue;
	}

	/** The client has got a sign, or an answer instead. */
	void signSent() {
		this.continueDue = false;
	}

}
