package io.securestreams.spring.boot.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import io.securestreams.limits.CookieLimits;
import io.securestreams.limits.Http2ClientLimits;
import io.securestreams.limits.Http2ServerLimits;
import io.securestreams.limits.HttpClientLimits;
import io.securestreams.limits.HttpMessageLimits;
import io.securestreams.limits.HttpServerLimits;

/**
 * Limits of HTTP streams, "secure-streams.http".
 *
 * @param client Limits of HTTP client streams.
 * @param server Limits of HTTP listeners.
 */
public record HttpProperties(@DefaultValue Client client, @DefaultValue Server server) {

	public HttpProperties {
		// What makes no sense is to fail here, where Boot knows the keys
		client.limits();
		server.limits();
	}

	/**
	 * Limits of HTTP client streams.
	 *
	 * @param responseTimeout Most time from the end of a request to the head of its
	 * response.
	 * @param bodyTimeout Most time without any progress of a body, in either direction.
	 * @param continueTimeout How long a request with "Expect: 100-continue" waits for the
	 * answer before its body is sent all the same.
	 * @param idleTimeout How long a connection is kept that nobody uses.
	 * @param maxIdleConnections Most unused HTTP/1.1 connections per origin and event
	 * loop.
	 * @param maxInterimResponses Most 1xx responses to one request.
	 * @param maxRedirects Most redirects followed in one attempt.
	 * @param maxRepeatableBody Longest request body that is kept in case a redirect wants
	 * it once more; only where the policy has "allow_redirects".
	 * @param maxLineLength Longest status line.
	 * @param maxHeaderSize Longest head of a response.
	 * @param maxHeaders Most header fields of a response.
	 * @param maxChunkExtensions Most bytes of all chunk extensions of a response.
	 * @param maxParts Most parts of a multipart response; only where the policy has
	 * "http_multipart_ss_in".
	 * @param maxPartHead Longest head of such a part.
	 * @param http2 Limits of HTTP/2 connections.
	 * @param cookies Limits of the cookie store.
	 */
	public record Client(@DefaultValue("20s") Duration responseTimeout, @DefaultValue("30s") Duration bodyTimeout,
			@DefaultValue("1s") Duration continueTimeout, @DefaultValue("30s") Duration idleTimeout,
			@DefaultValue("64") int maxIdleConnections, @DefaultValue("16") int maxInterimResponses,
			@DefaultValue("10") int maxRedirects, @DefaultValue("64KB") DataSize maxRepeatableBody,
			@DefaultValue("8KB") DataSize maxLineLength, @DefaultValue("32KB") DataSize maxHeaderSize,
			@DefaultValue("200") int maxHeaders, @DefaultValue("16KB") DataSize maxChunkExtensions,
			@DefaultValue("1000") int maxParts, @DefaultValue("8KB") DataSize maxPartHead, @DefaultValue Http2 http2,
			@DefaultValue Cookies cookies) {

		HttpClientLimits limits() {
			return HttpClientLimits.builder()
				.responseTimeout(this.responseTimeout)
				.bodyTimeout(this.bodyTimeout)
				.continueTimeout(this.continueTimeout)
				.idleTimeout(this.idleTimeout)
				.maxIdleConnections(this.maxIdleConnections)
				.maxInterimResponses(this.maxInterimResponses)
				.maxRedirects(this.maxRedirects)
				.maxRepeatableBody(bytes(this.maxRepeatableBody))
				.message(HttpMessageLimits.builder()
					.maxLineLength(bytes(this.maxLineLength))
					.maxHeaderSize(bytes(this.maxHeaderSize))
					.maxHeaders(this.maxHeaders)
					.maxChunkExtensions(bytes(this.maxChunkExtensions))
					.maxParts(this.maxParts)
					.maxPartHead(bytes(this.maxPartHead))
					.build())
				.http2(this.http2.limits())
				.cookies(this.cookies.limits())
				.build();
		}

	}

	/**
	 * Limits of HTTP/2 client connections.
	 *
	 * @param streamWindow What a peer may send ahead on one stream, and the most that is
	 * held for a stream that is paused.
	 * @param connectionWindow What a peer may send ahead on all streams of a connection
	 * together, at least 65535 bytes.
	 * @param maxConnections Most connections to one origin on one event loop.
	 * @param maxConcurrentStreams Most concurrent streams on a connection, however many
	 * the peer allows.
	 * @param maxContinuations Most CONTINUATION frames of a header block.
	 * @param maxWastedFrames Frames without use, such as pings and resets of closed
	 * streams, that a peer may be ahead of its useful ones.
	 */
	public record Http2(@DefaultValue("256KB") DataSize streamWindow, @DefaultValue("4MB") DataSize connectionWindow,
			@DefaultValue("4") int maxConnections, @DefaultValue("1000") int maxConcurrentStreams,
			@DefaultValue("16") int maxContinuations, @DefaultValue("1000") int maxWastedFrames) {

		Http2ClientLimits limits() {
			return Http2ClientLimits.builder()
				.streamWindow(bytes(this.streamWindow))
				.connectionWindow(bytes(this.connectionWindow))
				.maxConnections(this.maxConnections)
				.maxConcurrentStreams(this.maxConcurrentStreams)
				.maxContinuations(this.maxContinuations)
				.maxWastedFrames(this.maxWastedFrames)
				.build();
		}

	}

	/**
	 * Limits of the cookie store, for streamtypes with "http_cookies".
	 *
	 * @param max Most cookies in all.
	 * @param maxPerHost Most cookies of one host.
	 * @param maxSize Longest name and value of a cookie together.
	 */
	public record Cookies(@DefaultValue("1000") int max, @DefaultValue("50") int maxPerHost,
			@DefaultValue("4KB") DataSize maxSize) {

		CookieLimits limits() {
			return CookieLimits.builder()
				.maxCookies(this.max)
				.maxPerHost(this.maxPerHost)
				.maxLength(bytes(this.maxSize))
				.build();
		}

	}

	/**
	 * Limits of HTTP listeners.
	 *
	 * @param headTimeout Most time from the first byte of a request to the end of its
	 * head.
	 * @param bodyTimeout Most time without any progress of a body, in either direction.
	 * @param idleTimeout How long a connection is kept without a request.
	 * @param maxLineLength Longest request line.
	 * @param maxHeaderSize Longest head of a request.
	 * @param maxHeaders Most header fields of a request.
	 * @param maxChunkExtensions Most bytes of all chunk extensions of a request.
	 * @param maxBodySize Longest body of a request.
	 * @param maxParts Most parts of a multipart request; only where the policy has
	 * "http_multipart_ss_in".
	 * @param maxPartHead Longest head of such a part.
	 * @param minDataRate Least of a body per second, in either direction, once
	 * "body-timeout" is used up; on HTTP/2 of all bodies of a connection together. 0 for
	 * no such limit.
	 * @param answerTimeout Most time a handler may take for its answer, or for the next
	 * piece of it; then the client gets 503, or the end of the stream. 0 for no such
	 * limit.
	 * @param http2 Limits of HTTP/2 connections.
	 */
	public record Server(@DefaultValue("20s") Duration headTimeout, @DefaultValue("30s") Duration bodyTimeout,
			@DefaultValue("60s") Duration idleTimeout, @DefaultValue("8KB") DataSize maxLineLength,
			@DefaultValue("32KB") DataSize maxHeaderSize, @DefaultValue("200") int maxHeaders,
			@DefaultValue("16KB") DataSize maxChunkExtensions, @DefaultValue("1GB") DataSize maxBodySize,
			@DefaultValue("1000") int maxParts, @DefaultValue("8KB") DataSize maxPartHead,
			@DefaultValue("240B") DataSize minDataRate, @DefaultValue("5m") Duration answerTimeout,
			@DefaultValue ServerHttp2 http2) {

		HttpServerLimits limits() {
			return HttpServerLimits.builder()
				.headTimeout(this.headTimeout)
				.bodyTimeout(this.bodyTimeout)
				.idleTimeout(this.idleTimeout)
				.maxBodySize(this.maxBodySize.toBytes())
				.minDataRate(this.minDataRate.toBytes())
				.message(HttpMessageLimits.builder()
					.maxLineLength(bytes(this.maxLineLength))
					.maxHeaderSize(bytes(this.maxHeaderSize))
					.maxHeaders(this.maxHeaders)
					.maxChunkExtensions(bytes(this.maxChunkExtensions))
					.maxParts(this.maxParts)
					.maxPartHead(bytes(this.maxPartHead))
					.build())
				.http2(this.http2.limits())
				.answerTimeout(this.answerTimeout)
				.build();
		}

	}

	/**
	 * Limits of HTTP/2 connections that have been accepted.
	 *
	 * @param maxConcurrentStreams Most requests in progress on a connection.
	 * @param streamWindow What a client may send ahead on one stream, and the most that
	 * is held for a stream that is paused.
	 * @param connectionWindow What a client may send ahead on all streams of a connection
	 * together, at least 65535 bytes.
	 * @param maxContinuations Most CONTINUATION frames of a header block.
	 * @param maxWastedFrames Frames without use, such as pings and resets of closed
	 * streams, that a client may be ahead of its useful ones.
	 * @param maxResets Requests that a client may cancel ahead of those it lets be
	 * answered; a quarter is forgiven every second.
	 */
	public record ServerHttp2(@DefaultValue("100") int maxConcurrentStreams,
			@DefaultValue("128KB") DataSize streamWindow, @DefaultValue("1MB") DataSize connectionWindow,
			@DefaultValue("16") int maxContinuations, @DefaultValue("1000") int maxWastedFrames,
			@DefaultValue("200") int maxResets) {

		Http2ServerLimits limits() {
			return Http2ServerLimits.builder()
				.maxConcurrentStreams(this.maxConcurrentStreams)
				.streamWindow(bytes(this.streamWindow))
				.connectionWindow(bytes(this.connectionWindow))
				.maxContinuations(this.maxContinuations)
				.maxWastedFrames(this.maxWastedFrames)
				.maxResets(this.maxResets)
				.build();
		}

	}

	private static int bytes(DataSize size) {
		return Math.toIntExact(size.toBytes());
	}

}
