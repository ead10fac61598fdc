package io.securestreams.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.securestreams.policy.AuthScheme;
import io.securestreams.policy.AuthUse;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.policy.MqttOptions;
import io.securestreams.policy.MqttPolicy;
import io.securestreams.policy.Persistence;
import io.securestreams.policy.Policy;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.ProtocolPolicy;
import io.securestreams.policy.ProxyBuffers;
import io.securestreams.policy.RawPolicy;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.Template;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.policy.TrafficClass;
import io.securestreams.policy.WebSocketPolicy;
import io.securestreams.policy.http.Http2Policy;
import io.securestreams.policy.http.HttpBody;
import io.securestreams.policy.http.HttpOutcome;
import io.securestreams.policy.http.IdentityHeaders;
import io.securestreams.policy.http.RedirectPolicy;
import io.securestreams.policy.http.WebSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * Builds streamtypes for tests, by default a raw client of {@code peer.example:1000} that
 * neither connects by itself nor retries.
 */
public final class StreamPolicies {

	private final String name;

	private StreamPolicy.Role role = StreamPolicy.Role.CLIENT;

	private String endpoint = "peer.example";

	private int port = 1000;

	private boolean tls;

	private ProtocolPolicy protocol = new RawPolicy();

	private boolean opportunistic;

	private boolean nailedUp;

	private RetryPolicy retry = RetryPolicy.NONE;

	private boolean wakeForValidity;

	private Duration timeout = Duration.ZERO;

	private final List<MetadataDeclaration> metadata = new ArrayList<>();

	private boolean perf;

	private boolean directHeaders;

	private String rideshare = "";

	private @Nullable AuthUse auth;

	private Map<String, String> options = Map.of();

	private StreamPolicies(String name) {
		this.name = name;
	}

	public static StreamPolicies named(String name) {
		return new StreamPolicies(name);
	}

	/** A policy of these streamtypes. */
	public static Policy policy(StreamPolicies... streamTypes) {
		Map<String, StreamPolicy> byName = new LinkedHashMap<>();
		for (StreamPolicies streamType : streamTypes) {
			byName.put(streamType.name, streamType.build());
		}
		return new Policy("", "", 1, null, Map.of(), Map.of(), Map.of(), Map.of(), List.of(), byName);
	}

	public static RetryPolicy retry(int conceal, long... backoffMillis) {
		List<Duration> backoff = new ArrayList<>();
		for (long millis : backoffMillis) {
			backoff.add(Duration.ofMillis(millis));
		}
		return new RetryPolicy("retry", backoff, conceal, 20, Duration.ZERO, Duration.ZERO);
	}

	public StreamPolicies server() {
		this.role = StreamPolicy.Role.SERVER;
		return this;
	}

	public StreamPolicies sink() {
		this.role = StreamPolicy.Role.LOCAL_SINK;
		return this;
	}

	public StreamPolicies endpoint(String address, int tcpPort) {
		this.endpoint = address;
		this.port = tcpPort;
		return this;
	}

	public StreamPolicies tls() {
		this.tls = true;
		return this;
	}

	public StreamPolicies http(String method) {
		this.protocol = httpPolicy(method);
		return this;
	}

	public StreamPolicies ws() {
		this.protocol = new WebSocketPolicy(httpPolicy("GET"), WebSocketOptions.DEFAULT);
		return this;
	}

	public StreamPolicies mqtt() {
		this.protocol = new MqttPolicy(Template.parse("t"), List.of(), 1, false, 60, true, null, null, false,
				MqttOptions.DEFAULT);
		return this;
	}

	public StreamPolicies opportunistic() {
		this.opportunistic = true;
		return this;
	}

	public StreamPolicies nailedUp() {
		this.nailedUp = true;
		return this;
	}

	public StreamPolicies retry(RetryPolicy scheme) {
		this.retry = scheme;
		return this;
	}

	public StreamPolicies wakeForValidity() {
		this.wakeForValidity = true;
		return this;
	}

	public StreamPolicies timeout(Duration policyTimeout) {
		this.timeout = policyTimeout;
		return this;
	}

	public StreamPolicies metadata(String metadataName, String entity) {
		this.metadata.add(new MetadataDeclaration(metadataName, entity));
		return this;
	}

	public StreamPolicies perf() {
		this.perf = true;
		return this;
	}

	public StreamPolicies directHeaders() {
		this.directHeaders = true;
		return this;
	}

	/** Requests are to be signed. */
	public StreamPolicies auth(AuthScheme scheme) {
		this.auth = new AuthUse(scheme, "", "");
		return this;
	}

	public StreamPolicies rideshare(String next) {
		this.rideshare = next;
		return this;
	}

	public StreamPolicies option(String option, String value) {
		this.options = Map.of(option, value);
		return this;
	}

	public StreamPolicy build() {
		return new StreamPolicy(this.name, this.role,
				new StreamPolicy.Endpoint(Template.parse(this.endpoint), this.port, null), this.protocol,
				this.tls ? new TlsPolicy(true, null, null, null, null) : TlsPolicy.NONE,
				new Persistence(this.opportunistic, this.nailedUp, this.retry, this.timeout, this.wakeForValidity),
				TrafficClass.NORMAL, this.metadata, new StreamPolicy.Features(this.perf, this.directHeaders, false,
						false, "", this.rideshare, this.auth, this.options),
				ProxyBuffers.DEFAULTS);
	}

	private static HttpPolicy httpPolicy(String method) {
		return new HttpPolicy(Protocol.H1, method, Template.parse("/"), HttpOutcome.DEFAULT, RedirectPolicy.REFUSE,
				IdentityHeaders.NONE, HttpBody.PLAIN, false, Http2Policy.DEFAULT, null);
	}

}
