package io.securestreams.policy.json.lint;

import java.util.List;
import java.util.Set;

import io.securestreams.policy.AuthScheme;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.json.keys.BodyKeys;
import io.securestreams.policy.json.keys.EndpointKeys;
import io.securestreams.policy.json.keys.HttpKeys;
import io.securestreams.policy.json.keys.IdentityKeys;
import io.securestreams.policy.json.keys.PersistenceKeys;
import io.securestreams.policy.json.keys.TrafficKeys;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.text.Quoted;

/**
 * Finds what will not work as the author of a client thinks.
 */
final class ClientLint {

	/** Keys about the body of a request. */
	private static final List<Key<?>> WITH_BODY = List.of(BodyKeys.HTTP_MULTIPART_NAME,
			BodyKeys.HTTP_MULTIPART_FILENAME, BodyKeys.HTTP_WWW_FORM_URLENCODED);

	private static final List<Key<?>> MULTIPART_ONLY = List.of(BodyKeys.HTTP_MIME_CONTENT_TYPE, BodyKeys.RIDESHARE);

	/** Too Many Requests, Service Unavailable. */
	private static final int[] BUSY = { 429, 503 };

	/** Methods that are in use; others are allowed, but not near misses of these. */
	private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS",
			"TRACE", "CONNECT", "QUERY", "SEARCH", "REPORT", "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK",
			"UNLOCK", "MERGE", "PURGE", "LINK", "UNLINK", "NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE");

	private final Suspect suspect;

	ClientLint(Suspect suspect) {
		this.suspect = suspect;
	}

	void check() {
		exclude(PersistenceKeys.NAILED_UP, PersistenceKeys.OPPORTUNISTIC,
				"\"nailed_up\" with \"opportunistic\": the stream connects when it is created, "
						+ "but a connection that is lost stays lost");
		exclude(HttpKeys.HTTP_FAIL_REDIRECT, HttpKeys.ALLOW_REDIRECTS,
				"\"allow_redirects\" with \"http_fail_redirect\"");
		checkEndpoint();
		checkAuth();
		checkThresholds(TrafficKeys.PROXY_BUFLEN_ON, TrafficKeys.PROXY_BUFLEN_OFF);
		checkThresholds(TrafficKeys.CLIENT_BUFLEN_ON, TrafficKeys.CLIENT_BUFLEN_OFF);
		if (this.suspect.protocol().isHttp()) {
			checkMethod();
			checkHttp();
		}
		if (this.suspect.protocol() == Protocol.MQTT) {
			new MqttLint(this.suspect).check();
		}
	}

	private void checkAuth() {
		if (!this.suspect.isMeant(IdentityKeys.USE_AUTH)) {
			return;
		}
		AuthScheme scheme = this.suspect.draft().find(IdentityKeys.USE_AUTH);
		if (scheme != null && !scheme.isKnown()) {
			this.suspect.warn(IdentityKeys.USE_AUTH,
					"\"use_auth\" of an unknown type " + Quoted.of(scheme.type()) + ": no client can be made",
					"type sigv4, lwa or client_credentials");
		}
		if (scheme == null || !scheme.type().equals(AuthScheme.SIGV4)) {
			return;
		}
		for (Key<?> key : List.of(IdentityKeys.AWS_REGION, IdentityKeys.AWS_SERVICE)) {
			if (!this.suspect.is(key)) {
				this.suspect.warn(IdentityKeys.USE_AUTH,
						"\"use_auth\" of type sigv4 without " + Quoted.of(key.name()) + ": no request can be signed",
						Quoted.of(key.name()));
			}
		}
	}

	private void checkMethod() {
		String method = this.suspect.get(HttpKeys.HTTP_METHOD);
		if (this.suspect.isMeant(HttpKeys.HTTP_METHOD) && !METHODS.contains(method)) {
			String meant = this.suspect.problems().warningHint(method, () -> METHODS);
			if (!meant.isEmpty()) {
				this.suspect.warn(HttpKeys.HTTP_METHOD, "method " + Quoted.of(method) + meant, "a method of HTTP");
			}
		}
	}

	private void checkEndpoint() {
		String endpoint = this.suspect.get(EndpointKeys.ENDPOINT).text();
		if (endpoint.isEmpty()) {
			if (this.suspect.isInherited(EndpointKeys.ENDPOINT)) {
				return;
			}
			this.suspect.problems()
				.warning(this.suspect.draft().place(EndpointKeys.ENDPOINT),
						"a client without \"endpoint\": no attempt can succeed", "\"endpoint\"");
		}
		else if (this.suspect.get(EndpointKeys.PORT) == 0 && !hasPort(endpoint)
				&& !this.suspect.isInherited(EndpointKeys.PORT)) {
			this.suspect.problems()
				.warning(this.suspect.draft().place(EndpointKeys.PORT), "no \"port\": no attempt can succeed",
						"1..65535");
		}
	}

	/** Whether an endpoint can do without the key {@code port}, or may turn out so. */
	private static boolean hasPort(String endpoint) {
		return endpoint.startsWith("+") || endpoint.contains(":") || endpoint.contains("${");
	}

	private void checkHttp() {
		String method = this.suspect.get(HttpKeys.HTTP_METHOD);
		if (method.equals("GET") || method.equals("HEAD")) {
			for (Key<?> key : WITH_BODY) {
				if (this.suspect.isMeant(key) && this.suspect.is(key)) {
					this.suspect.warn(key,
							Quoted.of(key.name()) + " with method " + method + ", whose requests have no body",
							"\"http_method\": \"POST\"");
				}
			}
		}
		boolean multipart = this.suspect.is(BodyKeys.HTTP_MULTIPART_NAME)
				|| this.suspect.is(BodyKeys.HTTP_MULTIPART_FILENAME);
		if (!multipart) {
			for (Key<?> key : MULTIPART_ONLY) {
				boolean sorts = key == BodyKeys.RIDESHARE && this.suspect.is(BodyKeys.HTTP_MULTIPART_SS_IN);
				if (this.suspect.isMeant(key) && this.suspect.is(key) && !sorts) {
					this.suspect.warn(key, Quoted.of(key.name()) + " has no effect on a body that is not multipart",
							"\"http_multipart_name\" or \"http_multipart_filename\"");
				}
			}
		}
		else if (this.suspect.isMeant(BodyKeys.HTTP_WWW_FORM_URLENCODED)) {
			this.suspect.warn(BodyKeys.HTTP_WWW_FORM_URLENCODED, "a body that is a form and multipart as well",
					"one of the two");
		}
		for (int busy : BUSY) {
			if (this.suspect.isMeant(HttpKeys.HTTP_RESP_MAP)
					&& this.suspect.get(HttpKeys.HTTP_RESP_MAP).containsKey(busy)) {
				this.suspect.warn(HttpKeys.HTTP_RESP_MAP,
						"status " + busy + " never becomes a state: the attempt is repeated", "other statuses");
			}
			if (this.suspect.isMeant(HttpKeys.HTTP_EXPECT) && this.suspect.get(HttpKeys.HTTP_EXPECT) == busy) {
				this.suspect.warn(HttpKeys.HTTP_EXPECT,
						"status " + busy + " is never a success: the attempt is repeated", "another status");
			}
		}
	}

	/** Two flags that do not go together. */
	private void exclude(Key<Boolean> one, Key<Boolean> other, String message) {
		if (this.suspect.draft().isTrue(one) && this.suspect.draft().isTrue(other)
				&& (this.suspect.isMeant(one) || this.suspect.isMeant(other))) {
			this.suspect.warn(this.suspect.isMeant(one) ? one : other, message, "one of the two");
		}
	}

	private void checkThresholds(Key<Long> on, Key<Long> off) {
		if ((this.suspect.isMeant(on) || this.suspect.isMeant(off)) && this.suspect.get(on) <= this.suspect.get(off)) {
			this.suspect.warn(
					this.suspect.isMeant(on) ? on : off, Quoted.of(on.name()) + " " + this.suspect.get(on)
							+ " is not above " + Quoted.of(off.name()) + " " + this.suspect.get(off),
					"room between the two");
		}
	}

}
