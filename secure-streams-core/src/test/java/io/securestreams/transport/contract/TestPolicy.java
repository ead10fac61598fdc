package io.securestreams.transport.contract;

import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import java.util.stream.Collectors;

import io.netty.pkitesting.X509Bundle;

import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.transport.TestPki;

/**
 * A policy with one streamtype, as JSON.
 */
final class TestPolicy {

	static final String TYPE = "subject";

	/** Metadata that each stream sets to a name of its own. */
	static final String SELF = "self";

	static final String PROXIED_NAME = "only-the-proxy-knows.test";

	/** A certificate for every name that peers have here. */
	static final X509Bundle IDENTITY = TestPki.serverOf("localhost", PROXIED_NAME, "127.0.0.1", "::1");

	private final Subject subject;

	private final String endpoint;

	private final int port;

	private boolean tls;

	private String top = "";

	private String keys = "";

	private String metadata = "";

	private String path = "/echo";

	/** Goes on trying. */
	private String retry = "\"backoff\": [50], \"conceal\": 65535, \"jitterpc\": 1";

	TestPolicy(Subject subject, String endpoint, int port) {
		this.subject = subject;
		this.endpoint = endpoint;
		this.port = port;
		this.tls = subject.tls();
	}

	TestPolicy tls() {
		this.tls = true;
		return this;
	}

	/** Gives up after one concealed retry. */
	TestPolicy hasty() {
		this.retry = "\"backoff\": [50], \"conceal\": 1, \"jitterpc\": 1";
		return this;
	}

	/** Gives up peers that are silent. */
	TestPolicy watchful() {
		this.retry += ", " + this.subject.validity();
		return this;
	}

	/** Adds a member to the streamtype. */
	TestPolicy keys(String member) {
		this.keys += ", " + member;
		return this;
	}

	/** Declares metadata. */
	TestPolicy metadata(String name) {
		this.metadata += ", { \"" + name + "\": \"\" }";
		return this;
	}

	/** Adds a member to the document. */
	TestPolicy top(String member) {
		this.top += ", " + member;
		return this;
	}

	TestPolicy path(String path) {
		this.path = path;
		return this;
	}

	Policy policy() {
		return PolicyJson
			.read("""
					{ "release": "1", "product": "test", "schema-version": 1%s,
					  "retry": [ { "retry": { %s } } ],
					  "certs": [ { "ca": "%s" } ],
					  "trust_stores": [ { "name": "test", "stack": [ "ca" ] } ],
					  "s": [ { "subject": { "endpoint": "%s", "port": %d, "retry": "retry", %s%s%s%s } } ] }
					""".formatted(this.top, this.retry, encodedCa(), this.endpoint, this.port,
					this.subject.keys().replace("/echo", this.path),
					this.tls ? ", \"tls\": true, \"tls_trust_store\": \"test\"" : "", declared(), this.keys), "test")
			.policy();
	}

	private String declared() {
		String all = this.subject.metadata()
			.stream()
			.map((name) -> ", { \"" + name + "\": \"\" }")
			.collect(Collectors.joining()) + this.metadata;
		return all.isEmpty() ? "" : ", \"metadata\": [" + all.substring(1) + " ]";
	}

	private static String encodedCa() {
		try {
			return Base64.getEncoder().encodeToString(TestPki.CA.getCertificate().getEncoded());
		}
		catch (CertificateEncodingException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
