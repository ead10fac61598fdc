package io.securestreams.transport;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.jspecify.annotations.Nullable;

/**
 * Certificates for tests.
 */
public final class TestPki {

	/** A certification authority. */
	public static final X509Bundle CA = authority("CN=Test CA");

	private TestPki() {
	}

	public static X509Bundle authority(String subject) {
		return build(new CertificateBuilder().ecp256().subject(subject).setIsCertificateAuthority(true), null);
	}

	public static X509Bundle authority(String subject, X509Bundle issuer) {
		return build(new CertificateBuilder().ecp256().subject(subject).setIsCertificateAuthority(true), issuer);
	}

	public static X509Bundle expiredAuthority(String subject) {
		Instant now = Instant.now();
		return build(new CertificateBuilder().ecp256()
			.subject(subject)
			.setIsCertificateAuthority(true)
			.notBefore(now.minus(Duration.ofDays(30)))
			.notAfter(now.minus(Duration.ofDays(1))), null);
	}

	/** A server certificate for a name, issued by {@link #CA}. */
	public static X509Bundle server(String name) {
		return build(server(name, false), CA);
	}

	/** A server certificate for several names and addresses. */
	public static X509Bundle serverOf(String... names) {
		CertificateBuilder builder = new CertificateBuilder().ecp256()
			.subject("CN=" + names[0])
			.addExtendedKeyUsageServerAuth();
		for (String name : names) {
			addName(builder, name);
		}
		return build(builder, CA);
	}

	public static X509Bundle server(String name, X509Bundle issuer) {
		return build(server(name, false), issuer);
	}

	public static X509Bundle expiredServer(String name) {
		return build(server(name, true), CA);
	}

	/** As seen by a clock that is behind. */
	public static X509Bundle futureServer(String name) {
		Instant now = Instant.now();
		return build(
				server(name, false).notBefore(now.plus(Duration.ofDays(1))).notAfter(now.plus(Duration.ofDays(30))),
				CA);
	}

	public static X509Bundle selfSigned(String name) {
		return build(server(name, false).setIsCertificateAuthority(true), null);
	}

	public static X509Bundle expiredSelfSigned(String name) {
		return build(server(name, true).setIsCertificateAuthority(true), null);
	}

	public static X509Bundle client(String name) {
		return build(new CertificateBuilder().ecp256().subject("CN=" + name).addExtendedKeyUsageClientAuth(), CA);
	}

	/** A JDK context that presents a certificate and, as a server, knows {@link #CA}. */
	public static SSLContext jdkContext(@Nullable X509Bundle identity) {
		return jdkContext(identity, CA);
	}

	public static SSLContext jdkContext(@Nullable X509Bundle identity, X509Bundle authority) {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init((identity != null) ? identity.toKeyManagerFactory().getKeyManagers() : null,
					new TrustManager[] { authority.toTrustManager() }, null);
			return context;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static CertificateBuilder server(String name, boolean expired) {
		CertificateBuilder builder = new CertificateBuilder().ecp256()
			.subject("CN=" + name)
			.addExtendedKeyUsageServerAuth();
		addName(builder, name);
		if (expired) {
			Instant now = Instant.now();
			builder.notBefore(now.minus(Duration.ofDays(30))).notAfter(now.minus(Duration.ofDays(1)));
		}
		return builder;
	}

	private static void addName(CertificateBuilder builder, String name) {
		if (name.matches("[0-9:.]+")) {
			builder.addSanIpAddress(name);
		}
		else {
			builder.addSanDnsName(name);
		}
	}

	private static X509Bundle build(CertificateBuilder builder, @Nullable X509Bundle issuer) {
		try {
			return (issuer != null) ? builder.buildIssuedBy(issuer) : builder.buildSelfSigned();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
