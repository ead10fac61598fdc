package io.securestreams.stream;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * How long the parts of a connection took; README section "perf" (conmon).
 *
 * @param peer numeric address connected to, or {@code null}
 * @param dnsMicros name look-up, µs; 0 if not applicable
 * @param dnsDisposition 0 no look-up, 1 found, 2 name servers unreachable, 3 no result
 * @param connectMicros socket connect, µs
 * @param tlsMicros TLS handshake, µs
 * @param responseMicros from sending the request to its response, µs
 * @param dns all numeric addresses found
 * @param protocol protocol with a status of its own ({@code http}), or {@code null}
 * @param status that status, 0 if none
 */
public record ConnectionTimings(@Nullable String peer, long dnsMicros, int dnsDisposition, long connectMicros,
		long tlsMicros, long responseMicros, List<String> dns, @Nullable String protocol, int status) {

	public ConnectionTimings {
		dns = List.copyOf(dns);
	}

	/**
	 * Returns the form that travels as payload with {@link Payload#isPerf()}.
	 * @return JSON
	 */
	public String toJson() {
		StringBuilder json = new StringBuilder(256);
		json.append("{\"peer\":\"").append((this.peer != null) ? this.peer : "(unset)");
		json.append("\",\"dns_us\":").append(this.dnsMicros);
		json.append(",\"dns_disp\":").append(this.dnsDisposition);
		json.append(",\"sockconn_us\":").append(this.connectMicros);
		json.append(",\"tls_us\":").append(this.tlsMicros);
		json.append(",\"txn_resp_us\":").append(this.responseMicros);
		json.append(",\"dns\":[");
		for (int i = 0; i < this.dns.size(); i++) {
			json.append((i == 0) ? "\"" : ",\"").append(this.dns.get(i)).append('"');
		}
		json.append(']');
		if (this.protocol != null) {
			json.append(",\"prot_specific\":{\"protocol\":\"").append(this.protocol);
			json.append("\",\"resp\":").append(this.status).append('}');
		}
		return json.append('}').toString();
	}

}
