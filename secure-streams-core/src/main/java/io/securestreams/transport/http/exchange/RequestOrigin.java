package io.securestreams.transport.http.exchange;

import java.util.List;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.transport.connect.Origin;
import io.securestreams.transport.http.FieldRules;
import io.securestreams.transport.http.ReceivedHeaders;
import io.securestreams.transport.http.RequestRoute;
import io.securestreams.transport.http.cookie.CookieStore;
import org.jspecify.annotations.Nullable;

/**
 * What a request means for the place it goes to: how to connect there, and its cookies.
 */
public final class RequestOrigin {

	private RequestOrigin() {
	}

	/**
	 * Returns what to connect to.
	 * @param link the stream
	 * @param route where the request goes
	 * @param alpn protocol names to offer over TLS
	 * @return the origin
	 */
	public static Origin of(ClientLink link, RequestRoute route, List<String> alpn) {
		Target target = route.target();
		TlsPolicy tls = link.policy().tls();
		if (!route.credentials()) {
			// A client certificate is a credential, too
			tls = new TlsPolicy(tls.enabled(), tls.trustStore(), null, null, null);
		}
		return new Origin(target.address(), target.tls(), tls, link.policy().trafficClass(), link.socks5(),
				target.tls() ? alpn : List.of());
	}

	/**
	 * Returns the cookies that go along with a request.
	 * @param cookies where they are kept
	 * @param target where the request goes
	 * @param path its path
	 * @param now ms since the epoch
	 * @return the value of the header field, checked, or {@code null} for none
	 */
	public static @Nullable String cookies(CookieStore cookies, Target target, String path, long now) {
		if (!(target.address() instanceof Address.Host host)) {
			return null;
		}
		String value = cookies.header(host.host(), target.tls(), path, now);
		if (value != null) {
			FieldRules.check("Cookie", value);
		}
		return value;
	}

	/**
	 * Keeps the cookies that a response sets.
	 * @param cookies where they are kept
	 * @param target where the request went
	 * @param path its path
	 * @param fields header fields of the response
	 * @param now ms since the epoch
	 */
	public static void store(CookieStore cookies, Target target, String path, ReceivedHeaders fields, long now) {
		if (target.address() instanceof Address.Host host) {
			fields.forEach((name, value) -> {
				if (name.equals("set-cookie")) {
					cookies.store(host.host(), target.tls(), path, value, now);
				}
			});
		}
	}

}
