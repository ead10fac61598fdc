package io.securestreams.demo.server;

import java.io.IOException;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.io.Resource;

import io.securestreams.spring.annotation.Metadata;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamState;

/**
 * The page at {@code /}, with and without TLS. What no other streamtype wants comes here
 * too.
 */
@SecureStreamHandler({ "page", "page-tls" })
class FrontPage {

	private final byte[] html;

	FrontPage(@Value("classpath:server-page.html") Resource page) throws IOException {
		this.html = page.getContentAsByteArray();
	}

	@OnState(StreamState.SERVER_TXN)
	void asked(SecureStream stream, @Metadata("method") String method, @Metadata("path") String path) {
		if (!path.equals("/")) {
			stream.reject();
		}
		else if (!method.equals("GET") && !method.equals("HEAD")) {
			stream.metadata().set("allow", "GET, HEAD");
			stream.answer(405);
		}
		else {
			stream.metadata().set("type", "text/html; charset=utf-8");
			stream.answer(200, this.html);
		}
	}

}
