package io.securestreams.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.securestreams.policy.json.PolicyDocument;
import io.securestreams.policy.json.PolicyJson;

/**
 * Loading a large policy, beside what Jackson needs to read the same text into a tree.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Benchmark)
public class PolicyLoadBenchmark {

	/** How many streamtypes the policy has. */
	@Param("10000")
	public int streamTypes = 10_000;

	private final JsonMapper mapper = JsonMapper.shared();

	private byte[] document = new byte[0];

	/**
	 * Writes the policy.
	 * @throws Exception if a certificate cannot be made
	 */
	@Setup
	public void write() throws Exception {
		StringBuilder text = new StringBuilder(
				"""
						{
							"release": "01234567", "product": "myproduct", "schema-version": 1,
							"retry": [ { "default": { "backoff": [1000, 2000, 3000, 5000, 10000], "conceal": 5, "jitterpc": 20 } } ],
							"certs": [
						""");
		for (int i = 0; i < 20; i++) {
			X509Bundle certificate = new CertificateBuilder().subject("CN=ca" + i)
				.setIsCertificateAuthority(true)
				.buildSelfSigned();
			text.append((i == 0) ? "" : ", ")
				.append("{ \"ca")
				.append(i)
				.append("\": \"")
				.append(Base64.getEncoder().encodeToString(certificate.getCertificate().getEncoded()))
				.append("\" }\n");
		}
		text.append("], \"trust_stores\": [ { \"name\": \"mine\", \"stack\": [ \"ca0\", \"ca1\" ] } ],\n\"s\": [\n");
		for (int i = 0; i < this.streamTypes; i++) {
			text.append((i == 0) ? "" : ",\n").append("""
					{ "stream%d": {
						"endpoint": "host%d.example.com", "port": 4443, "protocol": "h1", "http_method": "GET",
						"http_url": "items/${id}?of=${kind}", "tls": true, "opportunistic": true,
						"retry": "default", "tls_trust_store": "mine",
						"metadata": [ { "id": "" }, { "kind": "" }, { "type": "content-type:" } ]
					} }""".formatted(i, i));
		}
		this.document = text.append("\n] }\n").toString().getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Reads the policy.
	 * @return the policy
	 */
	@Benchmark
	public PolicyDocument policy() {
		return PolicyJson.read(this.document, "benchmark");
	}

	/**
	 * Reads the text into a tree.
	 * @return the tree
	 */
	@Benchmark
	public JsonNode jacksonTree() {
		return this.mapper.readTree(this.document);
	}

}
