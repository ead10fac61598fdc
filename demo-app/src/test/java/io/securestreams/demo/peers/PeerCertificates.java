package io.securestreams.demo.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;

/**
 * A server certificate for each thing that can be wrong with one, as PEM files.
 */
final class PeerCertificates {

	private final Path directory;

	private final X509Bundle authority;

	private final Map<String, X509Bundle> servers = new LinkedHashMap<>();

	PeerCertificates(Path directory) throws Exception {
		this.directory = directory;
		this.authority = authority("CN=Peers CA");
		add("good", server("localhost").buildIssuedBy(this.authority));
		add("wrong-host", server("elsewhere.example").buildIssuedBy(this.authority));
		Instant now = Instant.now();
		add("expired",
				server("localhost").notBefore(now.minus(Duration.ofDays(30)))
					.notAfter(now.minus(Duration.ofDays(1)))
					.buildIssuedBy(this.authority));
		add("self-signed", server("localhost").setIsCertificateAuthority(true).buildSelfSigned());
		add("unknown-ca", server("localhost").buildIssuedBy(authority("CN=Somebody Else's CA")));
	}

	private static X509Bundle authority(String name) throws Exception {
		return new CertificateBuilder().ecp256().subject(name).setIsCertificateAuthority(true).buildSelfSigned();
	}

	private static CertificateBuilder server(String host) {
		return new CertificateBuilder().ecp256().subject("CN=" + host).addSanDnsName(host);
	}

	private void add(String name, X509Bundle bundle) throws IOException {
		this.servers.put(name, bundle);
		Files.writeString(certificate(name), bundle.getCertificatePathPEM());
		Files.writeString(key(name), bundle.getPrivateKeyPEM());
	}

	Iterable<String> names() {
		return this.servers.keySet();
	}

	Path certificate(String name) {
		return this.directory.resolve(name + ".crt");
	}

	Path key(String name) {
		return this.directory.resolve(name + ".key");
	}

	/**
	 * Returns the authority's certificate the way a policy has it.
	 * @return base64 DER
	 */
	String authority() {
		try {
			return Base64.getEncoder().encodeToString(this.authority.getCertificate().getEncoded());
		}
		catch (CertificateEncodingException ex) {
			throw new UncheckedIOException(new IOException(ex));
		}
	}

}
