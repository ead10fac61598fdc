package io.securestreams.demo.policycheck;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;

/**
 * Looks at a server's certificates in a handshake of its own, which trusts anybody, for
 * it sends nothing: whether they are to be trusted the stream itself finds out.
 */
final class TlsProbe {

	private static final int TIMEOUT_MILLIS = 10_000;

	private TlsProbe() {
	}

	/**
	 * Looks at what a streamtype connects to.
	 * @param stream its policy
	 * @return lines about versions and certificates
	 */
	static List<String> of(StreamPolicy stream) {
		String host = stream.endpoint().address().text();
		if (host.startsWith("+") || host.contains("/") || host.contains("$")) {
			return List.of("not looked at: " + host);
		}
		List<String> lines = new ArrayList<>();
		try (Socket tcp = new Socket()) {
			tcp.connect(new InetSocketAddress(host, stream.endpoint().port()), TIMEOUT_MILLIS);
			tcp.setSoTimeout(TIMEOUT_MILLIS);
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, new TrustManager[] { new Anybody() }, null);
			try (SSLSocket socket = (SSLSocket) context.getSocketFactory()
				.createSocket(tcp, host, stream.endpoint().port(), true)) {
				SSLParameters parameters = socket.getSSLParameters();
				boolean second = stream.protocol().protocol() == Protocol.H2;
				parameters
					.setApplicationProtocols(second ? new String[] { "h2", "http/1.1" } : new String[] { "http/1.1" });
				if (stream.protocol().protocol().isHttp()) {
					socket.setSSLParameters(parameters);
				}
				socket.startHandshake();
				String agreed = socket.getApplicationProtocol();
				lines.add(socket.getSession().getProtocol() + ", " + socket.getSession().getCipherSuite()
						+ ((agreed == null || agreed.isEmpty()) ? "" : ", protocol " + agreed));
				for (Certificate certificate : socket.getSession().getPeerCertificates()) {
					lines.add(describe((X509Certificate) certificate));
				}
			}
		}
		catch (IOException | GeneralSecurityException ex) {
			lines.add("no handshake: " + ex.getMessage());
		}
		return lines;
	}

	private static String describe(X509Certificate certificate) {
		long days = Duration.between(Instant.now(), certificate.getNotAfter().toInstant()).toDays();
		return certificate.getSubjectX500Principal().getName() + ", issued by "
				+ certificate.getIssuerX500Principal().getName()
				+ ((days < 0) ? ", expired " + -days + " days ago" : ", " + days + " days left");
	}

	/**
	 * Trusts anybody.
	 */
	private static final class Anybody extends X509ExtendedTrustManager {

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type) {
		}

		@Override
		public X509Certificate[] getAcceptedIssuers() {
			return new X509Certificate[0];
		}

	}

}
