package io.securestreams.transport.http;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.Target;
import org.jspecify.annotations.Nullable;

/**
 * Where a request goes, and what of it goes there; redirects lead from one to the next
 * (RFC 9110 section 15.4).
 *
 * @param target where to connect; its path is that of the request
 * @param method request method
 * @param withBody whether the request keeps its body
 * @param credentials whether credentials may be sent; once {@code false}, always
 * {@code false}
 * @param hops redirects followed so far
 */
public record RequestRoute(Target target, String method, boolean withBody, boolean credentials, int hops) {

	/**
	 * Returns where the first request of an attempt goes.
	 * @param target what the attempt aims at
	 * @param method the policy's method
	 * @return the route
	 */
	public static RequestRoute first(Target target, String method) {
		return new RequestRoute(target, method, true, true, 0);
	}

	/**
	 * Returns where a redirect leads. 301, 302 and 303 are followed with GET (HEAD stays
	 * HEAD) and without the body; 307 and 308 with the same method and body. Credentials
	 * are not sent to another host, scheme or port, nor from there back.
	 * @param status status code
	 * @param location value of {@code Location}, a character for each octet, or
	 * {@code null}
	 * @param path path and query of the request that was redirected
	 * @param maxHops most redirects followed in one attempt
	 * @return the next route
	 * @throws RedirectRefusedException if it is not to be followed
	 */
	public RequestRoute follow(int status, @Nullable String location, String path, int maxHops)
			throws RedirectRefusedException {
		if (this.hops >= maxHops) {
			throw new RedirectRefusedException("more than " + maxHops + " redirects");
		}
		if (location == null) {
			throw new RedirectRefusedException("redirect " + status + " without a Location");
		}
		Target next = Location.resolve(this.target, path, location);
		if (next == null) {
			throw new RedirectRefusedException("redirect " + status + " to something other than http or https");
		}
		if (this.target.tls() && !next.tls()) {
			throw new RedirectRefusedException("redirect " + status + " from https to http");
		}
		boolean same = status == 307 || status == 308;
		String nextMethod = (same || this.method.equals("HEAD")) ? this.method : "GET";
		return new RequestRoute(next, nextMethod, this.withBody && same, this.credentials && isSameOrigin(next),
				this.hops + 1);
	}

	private boolean isSameOrigin(Target next) {
		if (this.target.tls() != next.tls()) {
			return false;
		}
		if (this.target.address() instanceof Address.Host from && next.address() instanceof Address.Host to) {
			return from.port() == to.port() && from.host().equalsIgnoreCase(to.host());
		}
		return this.target.address().equals(next.address());
	}

}
