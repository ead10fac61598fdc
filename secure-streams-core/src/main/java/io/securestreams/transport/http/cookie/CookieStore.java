package io.securestreams.transport.http.cookie;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.securestreams.limits.CookieLimits;
import org.jspecify.annotations.Nullable;

/**
 * Cookies of one engine (RFC 6265), policy key {@code http_cookies}. A cookie goes back
 * to the very host that set it and to no other: a {@code Domain} attribute never widens
 * that, so no list of public suffixes can be missing or out of date. Bounded; the least
 * recently used cookies go first. May be used from any thread; only streamtypes with
 * {@code http_cookies} pay for the lock.
 */
public final class CookieStore {

	private final CookieLimits limits;

	/** In the order of their last use. */
	private final Map<Key, Stored> cookies = new LinkedHashMap<>(16, 0.75f, true);

	private long created;

	/**
	 * Makes an empty store.
	 * @param limits how much it keeps
	 */
	public CookieStore(CookieLimits limits) {
		this.limits = limits;
	}

	/**
	 * Keeps a cookie that a response sets.
	 * @param host host the request went to
	 * @param secure whether it went over TLS
	 * @param requestPath path of the request, with a leading slash
	 * @param setCookie value of one set-cookie header
	 * @param now ms since the epoch
	 */
	public void store(String host, boolean secure, String requestPath, String setCookie, long now) {
		if (setCookie.length() > 2L * this.limits.maxLength()) {
			return;
		}
		SetCookie cookie = SetCookie.parse(setCookie, now);
		if (cookie == null || cookie.name().length() + cookie.value().length() > this.limits.maxLength()
				|| (cookie.secure() && !secure) || !domainMatches(cookie.domain(), host)
				|| !prefixRulesHold(cookie, secure)) {
			return;
		}
		String path = (cookie.path() != null) ? cookie.path() : defaultPath(requestPath);
		Key key = new Key(host.toLowerCase(Locale.ROOT), path, cookie.name());
		synchronized (this.cookies) {
			if (!secure && hidesSecure(key)) {
				return;
			}
			Stored old = this.cookies.remove(key);
			Long maxAge = cookie.maxAge();
			if (maxAge != null && maxAge <= 0) {
				return;
			}
			this.cookies.put(key, new Stored(cookie.name() + "=" + cookie.value(), expiry(maxAge, now),
					(old != null) ? old.created : this.created++, cookie.secure()));
			evict(key.host, now);
		}
	}

	/**
	 * Returns the cookie header for a request.
	 * @param host host the request goes to
	 * @param secure whether it goes over TLS
	 * @param requestPath path of the request, with a leading slash
	 * @param now ms since the epoch
	 * @return the header's value, or {@code null} if no cookie matches
	 */
	public @Nullable String header(String host, boolean secure, String requestPath, long now) {
		String wanted = host.toLowerCase(Locale.ROOT);
		List<Map.Entry<Key, Stored>> matching = new ArrayList<>();
		synchronized (this.cookies) {
			Iterator<Map.Entry<Key, Stored>> all = this.cookies.entrySet().iterator();
			while (all.hasNext()) {
				Map.Entry<Key, Stored> entry = all.next();
				if (entry.getValue().expires <= now) {
					all.remove();
				}
				else if (entry.getKey().host.equals(wanted) && (secure || !entry.getValue().secure)
						&& pathMatches(entry.getKey().path, requestPath)) {
					matching.add(Map.entry(entry.getKey(), entry.getValue()));
				}
			}
			matching.forEach((entry) -> this.cookies.get(entry.getKey()));
		}
		if (matching.isEmpty()) {
			return null;
		}
		// RFC 6265 section 5.4: longer paths first, then earlier creation
		matching.sort(Comparator.<Map.Entry<Key, Stored>>comparingInt((entry) -> -entry.getKey().path.length())
			.thenComparingLong((entry) -> entry.getValue().created));
		StringBuilder header = new StringBuilder();
		for (Map.Entry<Key, Stored> entry : matching) {
			header.append((header.length() == 0) ? "" : "; ").append(entry.getValue().pair);
		}
		return header.toString();
	}

	private void evict(String host, long now) {
		this.cookies.values().removeIf((stored) -> stored.expires <= now);
		int ofHost = 0;
		for (Key key : this.cookies.keySet()) {
			ofHost += key.host.equals(host) ? 1 : 0;
		}
		Iterator<Key> oldest = this.cookies.keySet().iterator();
		while (oldest.hasNext()
				&& (ofHost > this.limits.maxPerHost() || this.cookies.size() > this.limits.maxCookies())) {
			boolean sameHost = oldest.next().host.equals(host);
			if (this.cookies.size() > this.limits.maxCookies() || sameHost) {
				oldest.remove();
				ofHost -= sameHost ? 1 : 0;
			}
		}
	}

	/**
	 * Whether a cookie that came without TLS would stand in for one that came with it
	 * (draft-ietf-httpbis-rfc6265bis section 5.7).
	 */
	private boolean hidesSecure(Key key) {
		for (Map.Entry<Key, Stored> entry : this.cookies.entrySet()) {
			Key other = entry.getKey();
			if (entry.getValue().secure && other.host.equals(key.host) && other.name.equals(key.name)
					&& pathMatches(other.path, key.path)) {
				return true;
			}
		}
		return false;
	}

	private static long expiry(@Nullable Long maxAgeSeconds, long now) {
		if (maxAgeSeconds == null) {
			return Long.MAX_VALUE;
		}
		return now + Math.min(maxAgeSeconds, 400L * 24 * 3600) * 1000;
	}

	/** A domain that does not cover the host would set a cookie for somebody else. */
	private static boolean domainMatches(@Nullable String domain, String host) {
		if (domain == null || domain.isEmpty()) {
			return true;
		}
		String actual = host.toLowerCase(Locale.ROOT);
		return actual.equals(domain) || actual.endsWith("." + domain);
	}

	private static boolean prefixRulesHold(SetCookie cookie, boolean secure) {
		if (cookie.name().startsWith("__Secure-")) {
			return secure && cookie.secure();
		}
		if (cookie.name().startsWith("__Host-")) {
			return secure && cookie.secure() && cookie.domain() == null && "/".equals(cookie.path());
		}
		return true;
	}

	private static String defaultPath(String requestPath) {
		String path = withoutQuery(requestPath);
		int slash = path.lastIndexOf('/');
		return (slash <= 0) ? "/" : path.substring(0, slash);
	}

	private static boolean pathMatches(String cookiePath, String requestPath) {
		String path = withoutQuery(requestPath);
		return path.equals(cookiePath) || (path.startsWith(cookiePath)
				&& (cookiePath.endsWith("/") || path.charAt(cookiePath.length()) == '/'));
	}

	private static String withoutQuery(String path) {
		int query = path.indexOf('?');
		return (query < 0) ? path : path.substring(0, query);
	}

	private record Key(String host, String path, String name) {

	}

	private record Stored(String pair, long expires, long created, boolean secure) {

	}

}
