package io.securestreams.transport.connect;

import java.net.InetAddress;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Takes the time of an attempt's steps, and collects what there is to tell of it. On one
 * event loop.
 */
final class ConnectClock {

	private long startedNanos;

	private @Nullable String peer;

	private long dnsMicros;

	private int dnsDisposition;

	private List<String> dns = List.of();

	private long connectMicros;

	private long tlsMicros;

	private @Nullable String alpn;

	/** A step begins. */
	void start() {
		this.startedNanos = System.nanoTime();
	}

	/**
	 * The look-up is over.
	 * @param disposition how it ended, see {@link ConnectReport#dnsDisposition()}
	 */
	void resolved(int disposition) {
		this.dnsDisposition = disposition;
		if (disposition != ConnectReport.DNS_NONE) {
			this.dnsMicros = micros();
		}
	}

	/** The name has addresses. */
	void found(List<InetAddress> addresses) {
		this.dns = addresses.stream().map(InetAddress::getHostAddress).toList();
	}

	/** There is a connection, to the peer or its proxy. */
	void connected(String to) {
		this.connectMicros = micros();
		this.peer = to;
	}

	/** The handshake is over. */
	void secured(@Nullable String protocol) {
		this.tlsMicros = micros();
		this.alpn = protocol;
	}

	private long micros() {
		return (System.nanoTime() - this.startedNanos) / 1000;
	}

	/** What has happened so far. */
	ConnectReport report() {
		return new ConnectReport(this.peer, this.dnsMicros, this.dnsDisposition, this.connectMicros, this.tlsMicros,
				this.dns, this.alpn);
	}

}
