package io.securestreams.spring.template;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.securestreams.stream.StreamOptions;
import io.securestreams.stream.adapter.MessageSource;

/**
 * What a transaction needs beside its streamtype. Immutable, but for the body's content,
 * which must not be changed meanwhile.
 *
 * @param metadata values to set before connecting, by name
 * @param body what to send, or {@code null} for nothing
 * @param timeout most time for the whole, retries included, or {@code null} for the
 * policy's ({@code timeout_ms}), else the template's
 * @param options what its stream is created with; of {@code initialCredit} as much is
 * granted again as has been taken in
 */
public record TransactionRequest(Map<String, String> metadata, @Nullable MessageSource body, @Nullable Duration timeout,
		StreamOptions options) {

	/** Nothing but the streamtype. */
	public static final TransactionRequest EMPTY = new TransactionRequest(Map.of(), null, null, StreamOptions.DEFAULTS);

	public TransactionRequest {
		metadata = Map.copyOf(metadata);
		if (timeout != null && timeout.toMillis() < 1) {
			throw new IllegalArgumentException("timeout: " + timeout + " (expected: at least 1 ms)");
		}
		if (options.initialCredit() == 0) {
			throw new IllegalArgumentException("initialCredit: 0 (expected: at least 1, for nobody could grant more)");
		}
	}

	/**
	 * Makes a request with metadata.
	 * @param name a name that the policy declares
	 * @param value its value
	 * @return the request
	 */
	public static TransactionRequest with(String name, String value) {
		return EMPTY.andWith(name, value);
	}

	/**
	 * Makes a request with a body.
	 * @param body what to send
	 * @return the request
	 */
	public static TransactionRequest of(byte[] body) {
		return of(MessageSource.of(body));
	}

	/**
	 * Makes a request with a body that is read, off the event loop, as fast as the peer
	 * takes it.
	 * @param body where it comes from; opened for each attempt
	 * @return the request
	 */
	public static TransactionRequest of(MessageSource body) {
		return new TransactionRequest(Map.of(), body, null, StreamOptions.DEFAULTS);
	}

	/**
	 * Makes a request with a file as its body.
	 * @param body what to send; read off the event loop as fast as the peer takes it,
	 * from the start for each attempt
	 * @return the request
	 * @throws UncheckedIOException if there is no such file
	 */
	public static TransactionRequest of(Path body) {
		try {
			return of(MessageSource.of(body));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Makes a request with a body.
	 * @param body what to send, as UTF-8
	 * @return the request
	 */
	public static TransactionRequest of(String body) {
		return of(body.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Adds metadata.
	 * @param name a name that the policy declares
	 * @param value its value
	 * @return a new request
	 */
	public TransactionRequest andWith(String name, String value) {
		Map<String, String> more = new LinkedHashMap<>(this.metadata);
		more.put(name, value);
		return new TransactionRequest(more, this.body, this.timeout, this.options);
	}

	/**
	 * Limits the time.
	 * @param limit most time for the whole, retries included
	 * @return a new request
	 */
	public TransactionRequest within(Duration limit) {
		return new TransactionRequest(this.metadata, this.body, limit, this.options);
	}

	/**
	 * Says what the policy does not. With an {@code initialCredit}, so many bytes of the
	 * response may be on their way at any time, on HTTP/2.
	 * @param streamOptions what the stream is created with
	 * @return a new request
	 */
	public TransactionRequest withOptions(StreamOptions streamOptions) {
		return new TransactionRequest(this.metadata, this.body, this.timeout, streamOptions);
	}

	/** Not the values: they may be secret. */
	@Override
	public String toString() {
		MessageSource content = this.body;
		long length = (content != null) ? content.length() : 0;
		return "TransactionRequest[metadata=" + this.metadata.keySet() + ", body="
				+ ((content == null) ? "none" : (length < 0) ? "of unknown length" : length + " bytes") + ", timeout="
				+ this.timeout + "]";
	}

}
