package io.securestreams.demo.server;

import java.nio.charset.StandardCharsets;

import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.annotation.SecureStreamHandler.Scope;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

/**
 * Says how long an upload was, and what its hash is; of a form with files, part by part.
 * Nothing is kept, however long it is.
 */
@SecureStreamHandler(value = { "upload", "upload-tls" }, scope = Scope.PER_STREAM)
class Upload implements StreamHandler {

	private final StringBuilder report = new StringBuilder();

	private UploadedPart part = new UploadedPart(null);

	private boolean wanted;

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		if (state != StreamState.SERVER_TXN) {
			return;
		}
		String method = String.valueOf(stream.metadata().get("method"));
		this.wanted = method.equals("POST") || method.equals("PUT");
		if (!this.wanted) {
			stream.metadata().set("allow", "POST, PUT");
			stream.answer(405);
		}
		// Otherwise the answer comes when all of it has arrived
	}

	@Override
	public void onReceive(SecureStream stream, Payload payload) {
		if (!this.wanted || payload.isRelatedStart()) {
			return;
		}
		boolean form = payload.part() != null;
		if (payload.isStart()) {
			this.part = new UploadedPart(payload.part());
		}
		if (!form || !payload.isStart()) {
			// A part starts with its head
			this.part.add(payload.content().nioBuffer());
		}
		if (payload.isEnd()) {
			this.report.append(this.part).append('\n');
		}
		if (form ? payload.isRelatedEnd() : payload.isEnd()) {
			stream.metadata().set("type", "text/plain; charset=utf-8");
			stream.answer(200, this.report.toString().getBytes(StandardCharsets.UTF_8));
		}
	}

}
