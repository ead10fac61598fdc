package io.securestreams.policy.json.lint;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy.Features;
import io.securestreams.policy.StreamPolicy.Role;
import io.securestreams.policy.json.keys.EndpointKeys;
import io.securestreams.policy.json.keys.FeatureKeys;
import io.securestreams.policy.json.keys.StreamKeys;
import io.securestreams.policy.json.keys.TlsKeys;
import io.securestreams.policy.json.table.Draft;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.table.Scope;
import io.securestreams.policy.json.text.Problems;
import io.securestreams.policy.json.text.Quoted;

/**
 * Finds what will not work as the author of a streamtype thinks: keys without effect,
 * keys that contradict each other, and what can only fail. What the document does not
 * give itself is not looked at.
 */
public final class StreamLint {

	private final Suspect suspect;

	public StreamLint(Draft draft, Problems problems) {
		this.suspect = new Suspect(draft, problems);
	}

	public void check() {
		Draft draft = this.suspect.draft();
		for (int i = 0; i < draft.givenCount(); i++) {
			Key<?> key = StreamKeys.TABLE.key(draft.given(i));
			if (this.suspect.isMeant(key)) {
				checkEffect(key);
				checkNeed(key);
			}
		}
		checkProtocol();
		switch (this.suspect.role()) {
			case CLIENT -> new ClientLint(this.suspect).check();
			case SERVER -> checkServer();
			case LOCAL_SINK -> {
			}
		}
		checkOptions();
		new MetadataLint(this.suspect).check();
	}

	private void checkProtocol() {
		Protocol protocol = this.suspect.protocol();
		if (!protocol.isAvailable() && this.suspect.isMeant(EndpointKeys.PROTOCOL)
				&& this.suspect.role() != Role.LOCAL_SINK) {
			this.suspect.warn(EndpointKeys.PROTOCOL, "protocol " + Quoted.of(protocol.policyName())
					+ " is not there yet: no " + this.suspect.roleName() + " can be made", names(Protocol.available()));
		}
		else if (protocol == Protocol.MQTT && this.suspect.role() == Role.SERVER
				&& this.suspect.isMeant(EndpointKeys.PROTOCOL)) {
			this.suspect.warn(EndpointKeys.PROTOCOL, "protocol \"mqtt\" is for clients alone: no server can be made",
					"a client, or another protocol");
		}
	}

	private void checkEffect(Key<?> key) {
		if (key.scope() == Scope.NOWHERE) {
			this.suspect.warn(key, Quoted.of(key.name()) + " has no effect", "");
		}
		else if (key.missing() != null && this.suspect.goesBy(key)) {
			this.suspect.warn(key, Quoted.of(key.name()) + " has no effect: " + key.missing(), "");
		}
		else if (!this.suspect.goesBy(key)) {
			Set<Protocol> protocols = key.scope().protocols(this.suspect.role());
			if (!protocols.isEmpty()) {
				this.suspect.warn(key, Quoted.of(key.name()) + " has no effect with protocol "
						+ Quoted.of(this.suspect.protocol().policyName()), "protocol " + names(protocols));
			}
			else {
				this.suspect.warn(key, Quoted.of(key.name()) + " has no effect on a " + this.suspect.roleName(), "");
			}
		}
	}

	/** A key that only adds to another one. */
	private void checkNeed(Key<?> key) {
		Key<?> other = key.needs();
		if (other == null || !this.suspect.is(key) || this.suspect.is(other) || !this.suspect.goesBy(key)) {
			return;
		}
		String message = Quoted.of(key.name()) + " has no effect without " + Quoted.of(other.name());
		if (other == TlsKeys.TLS) {
			this.suspect.warn(key, message + ": the connection is not encrypted", "\"tls\": true");
		}
		else {
			this.suspect.warn(key, message, Quoted.of(other.name()));
		}
	}

	private void checkServer() {
		// A vhost has a certificate of its own
		boolean vhost = this.suspect.get(EndpointKeys.ENDPOINT).text().startsWith("!");
		if (this.suspect.draft().isTrue(TlsKeys.TLS) && !vhost) {
			if (!this.suspect.draft().has(TlsKeys.SERVER_CERT) && this.suspect.isMeant(TlsKeys.TLS)) {
				this.suspect.warn(TlsKeys.TLS, "a server with \"tls\" but without \"server_cert\" cannot listen",
						"\"server_cert\" and \"server_key\"");
			}
			else if (this.suspect.draft().has(TlsKeys.SERVER_CERT) && !this.suspect.draft().has(TlsKeys.SERVER_KEY)
					&& this.suspect.isMeant(TlsKeys.SERVER_CERT)) {
				this.suspect.warn(TlsKeys.SERVER_CERT,
						"a server with \"server_cert\" but without \"server_key\" cannot listen",
						"\"server_cert\" and \"server_key\"");
			}
		}
	}

	private void checkOptions() {
		if (!this.suspect.isMeant(FeatureKeys.OPTIONS)) {
			return;
		}
		this.suspect.get(FeatureKeys.OPTIONS).forEach((name, value) -> {
			if (this.suspect.role() != Role.SERVER || !name.equals(Features.SEND_OVERFLOW)) {
				this.suspect.warn(FeatureKeys.OPTIONS,
						"option " + Quoted.of(name) + " has no effect on a " + this.suspect.roleName(), "");
			}
			else if (!value.equals(Features.SEND_OVERFLOW_DROP) && !value.equals(Features.SEND_OVERFLOW_DISCONNECT)) {
				this.suspect.warn(FeatureKeys.OPTIONS,
						"option " + Quoted.of(name) + " " + Quoted.of(value) + ": the server cannot listen",
						Quoted.of(Features.SEND_OVERFLOW_DROP) + " or " + Quoted.of(Features.SEND_OVERFLOW_DISCONNECT));
			}
		});
	}

	private static String names(Set<Protocol> protocols) {
		List<String> names = protocols.stream().map(Protocol::policyName).collect(Collectors.toList());
		String last = names.remove(names.size() - 1);
		return names.isEmpty() ? last : String.join(", ", names) + " or " + last;
	}

}
