package io.securestreams.transport.connect;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.securestreams.stream.ConnectionTimings;

/**
 * What happened while connecting.
 *
 * @param peer numeric address connected to, or socket path, or {@code null} if there was
 * none
 * @param dnsMicros name look-up, µs
 * @param dnsDisposition 0 no look-up, 1 found, 2 name servers unreachable, 3 no result
 * @param connectMicros from the first socket's connect to the winner's success, µs
 * @param tlsMicros TLS handshake, µs; 0 without TLS
 * @param dns all numeric addresses of the name, in the order they were found
 * @param alpn protocol agreed on (RFC 7301), or {@code null}
 */
public record ConnectReport(@Nullable String peer, long dnsMicros, int dnsDisposition, long connectMicros,
		long tlsMicros, List<String> dns, @Nullable String alpn) {

	/** Value of {@code dnsDisposition}: there was no look-up. */
	public static final int DNS_NONE = 0;

	/** Value of {@code dnsDisposition}: the name has addresses. */
	public static final int DNS_FOUND = 1;

	/** Value of {@code dnsDisposition}: no name server answered. */
	public static final int DNS_SERVER_UNREACHABLE = 2;

	/** Value of {@code dnsDisposition}: the name has no address. */
	public static final int DNS_NO_RESULT = 3;

	public ConnectReport {
		dns = List.copyOf(dns);
	}

	/**
	 * Returns the timings without a protocol status.
	 * @return timings with {@code responseMicros} 0
	 */
	public ConnectionTimings timings() {
		return timings(0, null, 0);
	}

	/**
	 * Returns the timings.
	 * @param responseMicros from sending the request to its response, µs
	 * @param protocol protocol with a status of its own, or {@code null}
	 * @param status that status
	 * @return the timings
	 */
	public ConnectionTimings timings(long responseMicros, @Nullable String protocol, int status) {
		return new ConnectionTimings(this.peer, this.dnsMicros, this.dnsDisposition, this.connectMicros, this.tlsMicros,
				responseMicros, this.dns, protocol, status);
	}

}
