package io.securestreams.transport.tls;

import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;

import javax.net.ssl.SSLException;

import io.netty.channel.Channel;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import org.jspecify.annotations.Nullable;

import io.securestreams.stream.PrintableText;

/**
 * What went wrong in TLS, in words.
 */
public final class TlsFailures {

	private TlsFailures() {
	}

	/**
	 * Whether an exception from the pipeline is about TLS. The refusal of a client
	 * certificate arrives this way, after a TLS 1.3 handshake that looked successful.
	 * @param failure an exception
	 * @return {@code true} if TLS has failed
	 */
	public static boolean isTls(Throwable failure) {
		for (Throwable t = failure; t != null; t = t.getCause()) {
			if (t instanceof SSLException) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether a connection that is inactive now has ended without the peer's
	 * {@code close_notify}, so that what was received last may be incomplete (RFC 8446
	 * section 6.1). To be asked from {@code channelInactive}.
	 * @param channel the connection
	 * @return {@code true} if it was a TLS connection and its end is not the peer's word
	 */
	public static boolean isTruncated(Channel channel) {
		SslHandler handler = channel.pipeline().get(SslHandler.class);
		return handler != null && !handler.sslCloseFuture().isSuccess();
	}

	/**
	 * Says what has failed.
	 * @param failure what the handshake or the pipeline threw
	 * @return one line without secrets and without what the peer sent
	 */
	public static String message(Throwable failure) {
		return PrintableText.of(words(failure));
	}

	private static String words(Throwable failure) {
		CertificateException certificate = find(failure, CertificateException.class);
		if (certificate != null) {
			return String.valueOf(certificate.getMessage());
		}
		SslHandshakeTimeoutException timeout = find(failure, SslHandshakeTimeoutException.class);
		if (timeout != null) {
			return "TLS " + timeout.getMessage();
		}
		if (find(failure, NotSslRecordException.class) != null) {
			return "the peer does not speak TLS";
		}
		SSLException tls = find(failure, SSLException.class);
		if (tls != null) {
			return "TLS: " + tls.getMessage();
		}
		if (find(failure, ClosedChannelException.class) != null) {
			return "the peer closed the connection during the TLS handshake";
		}
		return "TLS: " + failure;
	}

	/** The outermost of its type: ours, where we have put several into words. */
	private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
		for (Throwable t = failure; t != null; t = t.getCause()) {
			if (type.isInstance(t)) {
				return type.cast(t);
			}
		}
		return null;
	}

}
