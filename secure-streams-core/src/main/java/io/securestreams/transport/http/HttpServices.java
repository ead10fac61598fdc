package io.securestreams.transport.http;

import java.util.function.Function;

import io.securestreams.engine.spi.CredentialSource;
import io.securestreams.limits.CookieLimits;
import io.securestreams.limits.HttpClientLimits;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.transport.http.cookie.CookieStore;
import org.jspecify.annotations.Nullable;

/**
 * What the HTTP transports of one engine share, whatever their version.
 *
 * @param blobs values of identity headers
 * @param cookies the cookies
 * @param streamTypes gives the policy of a streamtype, for {@code rideshare}; may be
 * called on any event loop
 * @param limits limits of clients
 * @param credentials what streams prove with who they are
 */
public record HttpServices(SystemBlobs blobs, CookieStore cookies, Function<String, @Nullable StreamPolicy> streamTypes,
		HttpClientLimits limits, CredentialSource credentials) {

	/**
	 * Makes services of streams that have not to prove who they are.
	 * @param blobs values of identity headers
	 * @param cookies the cookies
	 * @param streamTypes gives the policy of a streamtype
	 * @param limits limits of clients
	 */
	public HttpServices(SystemBlobs blobs, CookieStore cookies, Function<String, @Nullable StreamPolicy> streamTypes,
			HttpClientLimits limits) {
		this(blobs, cookies, streamTypes, limits, CredentialSource.NONE);
	}

	/**
	 * Makes services with an empty cookie store, the usual limits, and no other
	 * streamtypes.
	 * @param blobs values of identity headers
	 * @return the services
	 */
	public static HttpServices of(SystemBlobs blobs) {
		return new HttpServices(blobs, new CookieStore(CookieLimits.DEFAULTS), (name) -> null,
				HttpClientLimits.DEFAULTS);
	}

}
