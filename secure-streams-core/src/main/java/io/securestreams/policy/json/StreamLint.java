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

	private static final List<Key<?>> TLS_ONLY = List.of(StreamKeys.TLS_TRUST_STORE, StreamKeys.CLIENT_CERT,
			StreamKeys.SERVER_CERT, StreamKeys.SERVER_KEY);

	/** Keys about the body of a request. */
	private static final List<Key<?>> WITH_BODY = List.of(StreamKeys.HTTP_MULTIPART_NAME,
			StreamKeys.HTTP_MULTIPART_FILENAME, StreamKeys.HTTP_WWW_FORM_URLENCODED);

	private static final List<Key<?>> MULTIPART_ONLY = List.of(StreamKeys.HTTP_MIME_CONTENT_TYPE, StreamKeys.RIDESHARE);

	/** Too Many Requests, Service Unavailable. */
	private static final int[] BUSY = { 429, 503 };

	private final Draft draft;

	private final Problems problems;

	private final Role role;

	private final Protocol protocol;

	StreamLint(Draft draft, Problems problems) {
		this.draft = draft;
		this.problems = problems;
		this.role = StreamAssembler.role(draft);
		this.protocol = draft.get(StreamKeys.PROTOCOL);
	}

	void check() {
		for (int i = 0; i < this.draft.givenCount(); i++) {
			Key<?> key = StreamKeys.TABLE.key(this.draft.given(i));
			if (isMeant(key)) {
				checkEffect(key);
			}
		}
		checkTls();
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

	private void checkTls() {
		if (this.role == Role.LOCAL_SINK || this.draft.isTrue(StreamKeys.TLS)) {
			return;
		}
		for (Key<?> key : TLS_ONLY) {
			if (isMeant(key) && key.scope().covers(this.role, this.protocol)) {
				warn(key, Quoted.of(key.name()) + " has no effect without \"tls\": the connection is not encrypted",
						"\"tls\": true");
			}
		}
	}

	private void checkServer() {
		// A vhost has a certificate of its own
		boolean vhost = this.draft.get(StreamKeys.ENDPOINT).text().startsWith("!");
		if (this.draft.isTrue(StreamKeys.TLS) && !vhost) {
			if (!this.draft.has(StreamKeys.SERVER_CERT) && isMeant(StreamKeys.TLS)) {
				warn(StreamKeys.TLS, "a server with \"tls\" but without \"server_cert\" cannot listen",
						"\"server_cert\" and \"server_key\"");
			}
			else if (this.draft.has(StreamKeys.SERVER_CERT) && !this.draft.has(StreamKeys.SERVER_KEY)
					&& isMeant(StreamKeys.SERVER_CERT)) {
				warn(StreamKeys.SERVER_CERT, "a server with \"server_cert\" but without \"server_key\" cannot listen",
						"\"server_cert\" and \"server_key\"");
			}
		}
	}

	private void checkClient() {
		exclude(StreamKeys.NAILED_UP, StreamKeys.OPPORTUNISTIC,
				"\"nailed_up\" with \"opportunistic\": the stream connects when it is created, "
						+ "but a connection that is lost stays lost");
		exclude(StreamKeys.HTTP_FAIL_REDIRECT, StreamKeys.ALLOW_REDIRECTS,
				"\"allow_redirects\" with \"http_fail_redirect\"");
		checkEndpoint();
		needs(StreamKeys.HTTP_AUTH_PREAMBLE, StreamKeys.HTTP_AUTH_HEADER);
		needs(StreamKeys.AUTH_HEXIFY, StreamKeys.HTTP_AUTH_HEADER);
		needs(StreamKeys.AWS_REGION, StreamKeys.USE_AUTH);
		needs(StreamKeys.AWS_SERVICE, StreamKeys.USE_AUTH);
		if (isMeant(StreamKeys.USE_AUTH)) {
			warn(StreamKeys.USE_AUTH, "\"use_auth\" has no effect in this version: requests are not signed", "");
		}
		needs(StreamKeys.MQTT_WILL_MESSAGE, StreamKeys.MQTT_WILL_TOPIC);
		needs(StreamKeys.MQTT_BIRTH_MESSAGE, StreamKeys.MQTT_BIRTH_TOPIC);
		checkThresholds(StreamKeys.PROXY_BUFLEN_ON, StreamKeys.PROXY_BUFLEN_OFF);
		checkThresholds(StreamKeys.CLIENT_BUFLEN_ON, StreamKeys.CLIENT_BUFLEN_OFF);
	}

	private void checkEndpoint() {
		String endpoint = this.draft.get(StreamKeys.ENDPOINT).text();
		if (endpoint.isEmpty()) {
			if (isInherited(StreamKeys.ENDPOINT)) {
				return;
			}
			this.problems.warning(this.draft.place(StreamKeys.ENDPOINT),
					"a client without \"endpoint\": no attempt can succeed", "\"endpoint\"");
		}
		else if (this.draft.get(StreamKeys.PORT) == 0 && !hasPort(endpoint) && !isInherited(StreamKeys.PORT)) {
			this.problems.warning(this.draft.place(StreamKeys.PORT), "no \"port\": no attempt can succeed", "1..65535");
		}
	}

	/** Whether an endpoint can do without the key {@code port}, or may turn out so. */
	private static boolean hasPort(String endpoint) {
		return endpoint.startsWith("+") || endpoint.contains(":") || endpoint.contains("${");
	}

	private void checkHttp() {
		String method = this.draft.get(StreamKeys.HTTP_METHOD);
		if (method.equals("GET") || method.equals("HEAD")) {
			for (Key<?> key : WITH_BODY) {
				if (isMeant(key) && is(key)) {
					warn(key, Quoted.of(key.name()) + " with method " + method + ", whose requests have no body",
							"\"http_method\": \"POST\"");
				}
			}
		}
		boolean multipart = is(StreamKeys.HTTP_MULTIPART_NAME) || is(StreamKeys.HTTP_MULTIPART_FILENAME);
		if (!multipart) {
			for (Key<?> key : MULTIPART_ONLY) {
				boolean sorts = key == StreamKeys.RIDESHARE && is(StreamKeys.HTTP_MULTIPART_SS_IN);
				if (isMeant(key) && is(key) && !sorts) {
					warn(key, Quoted.of(key.name()) + " has no effect on a body that is not multipart",
							"\"http_multipart_name\" or \"http_multipart_filename\"");
				}
			}
		}
		else if (isMeant(StreamKeys.HTTP_WWW_FORM_URLENCODED)) {
			warn(StreamKeys.HTTP_WWW_FORM_URLENCODED, "a body that is a form and multipart as well", "one of the two");
		}
		for (int busy : BUSY) {
			if (isMeant(StreamKeys.HTTP_RESP_MAP) && this.draft.get(StreamKeys.HTTP_RESP_MAP).containsKey(busy)) {
				warn(StreamKeys.HTTP_RESP_MAP, "status " + busy + " never becomes a state: the attempt is repeated",
						"other statuses");
			}
			if (isMeant(StreamKeys.HTTP_EXPECT) && this.draft.get(StreamKeys.HTTP_EXPECT) == busy) {
				warn(StreamKeys.HTTP_EXPECT, "status " + busy + " is never a success: the attempt is repeated",
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

	/** A key that only adds to another one. */
	private void needs(Key<?> key, Key<?> other) {
		if (isMeant(key) && is(key) && !is(other) && key.scope().covers(this.role, this.protocol)) {
			warn(key, Quoted.of(key.name()) + " has no effect without " + Quoted.of(other.name()),
					Quoted.of(other.name()));
		}
	}

	private void checkThresholds(Key<Long> on, Key<Long> off) {
		if ((isMeant(on) || isMeant(off)) && this.draft.get(on) <= this.draft.get(off)) {
			warn(isMeant(on) ? on : off, Quoted.of(on.name()) + " " + this.draft.get(on) + " is not above "
					+ Quoted.of(off.name()) + " " + this.draft.get(off), "room between the two");
		}
	}

	private void checkOptions() {
		if (!isMeant(StreamKeys.OPTIONS)) {
			return;
		}
		this.draft.get(StreamKeys.OPTIONS).forEach((name, value) -> {
			if (this.role != Role.SERVER || !name.equals(Features.SEND_OVERFLOW)) {
				warn(StreamKeys.OPTIONS, "option " + Quoted.of(name) + " has no effect on a " + name(this.role), "");
			}
			else if (!value.equals(Features.SEND_OVERFLOW_DROP) && !value.equals(Features.SEND_OVERFLOW_DISCONNECT)) {
				warn(StreamKeys.OPTIONS,
						"option " + Quoted.of(name) + " " + Quoted.of(value) + ": the server cannot listen",
						Quoted.of(Features.SEND_OVERFLOW_DROP) + " or " + Quoted.of(Features.SEND_OVERFLOW_DISCONNECT));
			}
		});
	}

	private void checkMetadata() {
		if (this.protocol.isHttp() || this.protocol == Protocol.WS || this.role == Role.LOCAL_SINK) {
			return;
		}
		for (LocatedMetadata metadata : this.draft.get(StreamKeys.METADATA)) {
			String entity = metadata.declaration().entity();
			if (!entity.isEmpty() && metadata.place() != LocatedMetadata.INHERITED) {
				this.problems.warning(metadata.place(), Quoted.of(entity) + " has no effect with protocol "
						+ Quoted.of(this.protocol.policyName()) + ", which has no headers", "\"\"");
			}
		}
	}

	private void checkSymbols() {
		if (this.role == Role.SERVER) {
			this.draft.get(StreamKeys.ENDPOINT)
				.symbols()
				.forEach((symbol) -> warn(StreamKeys.ENDPOINT,
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
		for (LocatedMetadata metadata : this.draft.get(StreamKeys.METADATA)) {
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
		return this.draft.get(StreamKeys.METADATA).stream().map((metadata) -> metadata.declaration().name()).toList();
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
