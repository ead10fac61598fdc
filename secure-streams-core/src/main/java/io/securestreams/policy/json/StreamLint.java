package io.securestreams.policy.json;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy.Features;
import io.securestreams.policy.StreamPolicy.Role;
import io.securestreams.policy.Template;
import io.securestreams.policy.json.PolicyProblem.Severity;

/**
 * Finds what will not work as the author of a streamtype thinks: keys without effect,
 * keys that contradict each other, and what can only fail. What the document does not
 * give itself is not looked at.
 */
final class StreamLint {

	/** Keys about the body of a request. */
	private static final List<Key<?>> WITH_BODY = List.of(BodyKeys.HTTP_MULTIPART_NAME,
			BodyKeys.HTTP_MULTIPART_FILENAME, BodyKeys.HTTP_WWW_FORM_URLENCODED);

	private static final List<Key<?>> MULTIPART_ONLY = List.of(BodyKeys.HTTP_MIME_CONTENT_TYPE, BodyKeys.RIDESHARE);

	/** Too Many Requests, Service Unavailable. */
	private static final int[] BUSY = { 429, 503 };

	private final Draft draft;

	private final Problems problems;

	private final Role role;

	private final Protocol protocol;

	StreamLint(Draft draft, Problems problems) {
		this.draft = draft;
		this.problems = problems;
		this.role = EndpointKeys.role(draft);
		this.protocol = draft.get(EndpointKeys.PROTOCOL);
	}

	void check() {
		for (int i = 0; i < this.draft.givenCount(); i++) {
			Key<?> key = StreamKeys.TABLE.key(this.draft.given(i));
			if (isMeant(key)) {
				checkEffect(key);
				checkNeed(key);
			}
		}
		switch (this.role) {
			case CLIENT -> checkClient();
			case SERVER -> checkServer();
			case LOCAL_SINK -> {
			}
		}
		if (this.role == Role.CLIENT && this.protocol.isHttp()) {
			checkHttp();
		}
		checkOptions();
		checkMetadata();
		checkSymbols();
	}

	/** Given, and more than a flag that is left off. */
	private boolean isMeant(Key<?> key) {
		return this.draft.isGiven(key) && !Boolean.FALSE.equals(this.draft.find(key));
	}

	/** From the policy that the document overlays. */
	private boolean isInherited(Key<?> key) {
		return this.draft.has(key) && !this.draft.isGiven(key);
	}

	private boolean is(Key<?> key) {
		Object value = this.draft.find(key);
		return value != null && !value.equals(key.fallback());
	}

	private void checkEffect(Key<?> key) {
		if (key.scope() == Scope.NOWHERE) {
			warn(key, Quoted.of(key.name()) + " has no effect", "");
		}
		else if (!key.scope().covers(this.role, this.protocol)) {
			Set<Protocol> protocols = key.scope().protocols(this.role);
			if (!protocols.isEmpty()) {
				warn(key,
						Quoted.of(key.name()) + " has no effect with protocol " + Quoted.of(this.protocol.policyName()),
						"protocol " + names(protocols));
			}
			else {
				warn(key, Quoted.of(key.name()) + " has no effect on a " + name(this.role), "");
			}
		}
	}

	/** A key that only adds to another one. */
	private void checkNeed(Key<?> key) {
		Key<?> other = key.needs();
		if (other == null || !is(key) || is(other) || !key.scope().covers(this.role, this.protocol)) {
			return;
		}
		String message = Quoted.of(key.name()) + " has no effect without " + Quoted.of(other.name());
		if (other == TlsKeys.TLS) {
			warn(key, message + ": the connection is not encrypted", "\"tls\": true");
		}
		else {
			warn(key, message, Quoted.of(other.name()));
		}
	}

	private void checkServer() {
		// A vhost has a certificate of its own
		boolean vhost = this.draft.get(EndpointKeys.ENDPOINT).text().startsWith("!");
		if (this.draft.isTrue(TlsKeys.TLS) && !vhost) {
			if (!this.draft.has(TlsKeys.SERVER_CERT) && isMeant(TlsKeys.TLS)) {
				warn(TlsKeys.TLS, "a server with \"tls\" but without \"server_cert\" cannot listen",
						"\"server_cert\" and \"server_key\"");
			}
			else if (this.draft.has(TlsKeys.SERVER_CERT) && !this.draft.has(TlsKeys.SERVER_KEY)
					&& isMeant(TlsKeys.SERVER_CERT)) {
				warn(TlsKeys.SERVER_CERT, "a server with \"server_cert\" but without \"server_key\" cannot listen",
						"\"server_cert\" and \"server_key\"");
			}
		}
	}

	private void checkClient() {
		exclude(PersistenceKeys.NAILED_UP, PersistenceKeys.OPPORTUNISTIC,
				"\"nailed_up\" with \"opportunistic\": the stream connects when it is created, "
						+ "but a connection that is lost stays lost");
		exclude(HttpKeys.HTTP_FAIL_REDIRECT, HttpKeys.ALLOW_REDIRECTS,
				"\"allow_redirects\" with \"http_fail_redirect\"");
		checkEndpoint();
		if (isMeant(IdentityKeys.USE_AUTH)) {
			warn(IdentityKeys.USE_AUTH, "\"use_auth\" has no effect in this version: requests are not signed", "");
		}
		checkThresholds(TrafficKeys.PROXY_BUFLEN_ON, TrafficKeys.PROXY_BUFLEN_OFF);
		checkThresholds(TrafficKeys.CLIENT_BUFLEN_ON, TrafficKeys.CLIENT_BUFLEN_OFF);
	}

	private void checkEndpoint() {
		String endpoint = this.draft.get(EndpointKeys.ENDPOINT).text();
		if (endpoint.isEmpty()) {
			if (isInherited(EndpointKeys.ENDPOINT)) {
				return;
			}
			this.problems.warning(this.draft.place(EndpointKeys.ENDPOINT),
					"a client without \"endpoint\": no attempt can succeed", "\"endpoint\"");
		}
		else if (this.draft.get(EndpointKeys.PORT) == 0 && !hasPort(endpoint) && !isInherited(EndpointKeys.PORT)) {
			this.problems.warning(this.draft.place(EndpointKeys.PORT), "no \"port\": no attempt can succeed",
					"1..65535");
		}
	}

	/** Whether an endpoint can do without the key {@code port}, or may turn out so. */
	private static boolean hasPort(String endpoint) {
		return endpoint.startsWith("+") || endpoint.contains(":") || endpoint.contains("${");
	}

	private void checkHttp() {
		String method = this.draft.get(HttpKeys.HTTP_METHOD);
		if (method.equals("GET") || method.equals("HEAD")) {
			for (Key<?> key : WITH_BODY) {
				if (isMeant(key) && is(key)) {
					warn(key, Quoted.of(key.name()) + " with method " + method + ", whose requests have no body",
							"\"http_method\": \"POST\"");
				}
			}
		}
		boolean multipart = is(BodyKeys.HTTP_MULTIPART_NAME) || is(BodyKeys.HTTP_MULTIPART_FILENAME);
		if (!multipart) {
			for (Key<?> key : MULTIPART_ONLY) {
				boolean sorts = key == BodyKeys.RIDESHARE && is(BodyKeys.HTTP_MULTIPART_SS_IN);
				if (isMeant(key) && is(key) && !sorts) {
					warn(key, Quoted.of(key.name()) + " has no effect on a body that is not multipart",
							"\"http_multipart_name\" or \"http_multipart_filename\"");
				}
			}
		}
		else if (isMeant(BodyKeys.HTTP_WWW_FORM_URLENCODED)) {
			warn(BodyKeys.HTTP_WWW_FORM_URLENCODED, "a body that is a form and multipart as well", "one of the two");
		}
		for (int busy : BUSY) {
			if (isMeant(HttpKeys.HTTP_RESP_MAP) && this.draft.get(HttpKeys.HTTP_RESP_MAP).containsKey(busy)) {
				warn(HttpKeys.HTTP_RESP_MAP, "status " + busy + " never becomes a state: the attempt is repeated",
						"other statuses");
			}
			if (isMeant(HttpKeys.HTTP_EXPECT) && this.draft.get(HttpKeys.HTTP_EXPECT) == busy) {
				warn(HttpKeys.HTTP_EXPECT, "status " + busy + " is never a success: the attempt is repeated",
						"another status");
			}
		}
	}

	/** Two flags that do not go together. */
	private void exclude(Key<Boolean> one, Key<Boolean> other, String message) {
		if (this.draft.isTrue(one) && this.draft.isTrue(other) && (isMeant(one) || isMeant(other))) {
			warn(isMeant(one) ? one : other, message, "one of the two");
		}
	}

	private void checkThresholds(Key<Long> on, Key<Long> off) {
		if ((isMeant(on) || isMeant(off)) && this.draft.get(on) <= this.draft.get(off)) {
			warn(isMeant(on) ? on : off, Quoted.of(on.name()) + " " + this.draft.get(on) + " is not above "
					+ Quoted.of(off.name()) + " " + this.draft.get(off), "room between the two");
		}
	}

	private void checkOptions() {
		if (!isMeant(FeatureKeys.OPTIONS)) {
			return;
		}
		this.draft.get(FeatureKeys.OPTIONS).forEach((name, value) -> {
			if (this.role != Role.SERVER || !name.equals(Features.SEND_OVERFLOW)) {
				warn(FeatureKeys.OPTIONS, "option " + Quoted.of(name) + " has no effect on a " + name(this.role), "");
			}
			else if (!value.equals(Features.SEND_OVERFLOW_DROP) && !value.equals(Features.SEND_OVERFLOW_DISCONNECT)) {
				warn(FeatureKeys.OPTIONS,
						"option " + Quoted.of(name) + " " + Quoted.of(value) + ": the server cannot listen",
						Quoted.of(Features.SEND_OVERFLOW_DROP) + " or " + Quoted.of(Features.SEND_OVERFLOW_DISCONNECT));
			}
		});
	}

	private void checkMetadata() {
		if (this.protocol.isHttp() || this.protocol == Protocol.WS || this.role == Role.LOCAL_SINK) {
			return;
		}
		for (LocatedMetadata metadata : this.draft.get(FeatureKeys.METADATA)) {
			String entity = metadata.declaration().entity();
			if (!entity.isEmpty() && metadata.place() != LocatedMetadata.INHERITED) {
				this.problems.warning(metadata.place(), Quoted.of(entity) + " has no effect with protocol "
						+ Quoted.of(this.protocol.policyName()) + ", which has no headers", "\"\"");
			}
		}
	}

	private void checkSymbols() {
		if (this.role == Role.SERVER) {
			this.draft.get(EndpointKeys.ENDPOINT)
				.symbols()
				.forEach((symbol) -> warn(EndpointKeys.ENDPOINT,
						"${" + symbol + "} is not replaced in the endpoint of a server", "an interface or address"));
			return;
		}
		for (Key<Template> key : StreamKeys.TEMPLATES) {
			if (!this.draft.isGiven(key) || this.draft.get(key).isLiteral()
					|| !key.scope().covers(this.role, this.protocol)) {
				continue;
			}
			for (String symbol : this.draft.get(key).symbols()) {
				if (!isDeclared(symbol)) {
					undeclared(key, symbol);
				}
			}
		}
	}

	private boolean isDeclared(String symbol) {
		for (LocatedMetadata metadata : this.draft.get(FeatureKeys.METADATA)) {
			if (metadata.declaration().name().equals(symbol)) {
				return true;
			}
		}
		return false;
	}

	private void undeclared(Key<Template> key, String symbol) {
		warn(key, "${" + symbol + "} is not declared: no attempt can succeed",
				"a name from \"metadata\"" + this.problems.didYouMean(Severity.WARNING, symbol, this::declared));
	}

	private List<String> declared() {
		return this.draft.get(FeatureKeys.METADATA).stream().map((metadata) -> metadata.declaration().name()).toList();
	}

	private void warn(Key<?> key, String message, String expected) {
		this.problems.warning(this.draft.place(key), message, expected);
	}

	private static String names(Set<Protocol> protocols) {
		List<String> names = protocols.stream().map(Protocol::policyName).collect(Collectors.toList());
		String last = names.remove(names.size() - 1);
		return names.isEmpty() ? last : String.join(", ", names) + " or " + last;
	}

	private static String name(Role role) {
		return switch (role) {
			case CLIENT -> "client";
			case SERVER -> "server";
			case LOCAL_SINK -> "local sink";
		};
	}

}
