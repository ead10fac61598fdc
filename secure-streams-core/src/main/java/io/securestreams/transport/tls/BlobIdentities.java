package io.securestreams.transport.tls;

import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.platform.ServerIdentity;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.SystemBlobs.ClientIdentity;
import io.securestreams.stream.platform.TlsIdentities;
import org.jspecify.annotations.Nullable;

/**
 * Client certificates from system blobs where nothing else has one of that index. What is
 * made of a blob is kept until the blob changes, so that TLS contexts, and with them the
 * sessions to resume, are kept as well.
 */
final class BlobIdentities implements TlsIdentities {

	private final TlsIdentities preferred;

	private final SystemBlobs blobs;

	private final Map<Integer, Made> made = new ConcurrentHashMap<>();

	BlobIdentities(TlsIdentities preferred, SystemBlobs blobs) {
		this.preferred = preferred;
		this.blobs = blobs;
	}

	/**
	 * {@inheritDoc}
	 * @throws SecureStreamsException if the blob's certificate or key cannot be used
	 */
	@Override
	public @Nullable KeyManagerFactory clientIdentity(int index) {
		KeyManagerFactory configured = this.preferred.clientIdentity(index);
		if (configured != null) {
			return configured;
		}
		ClientIdentity blob = this.blobs.clientIdentity(index);
		if (blob == null) {
			this.made.remove(index);
			return null;
		}
		Made known = this.made.get(index);
		if (known == null || known.blob() != blob) {
			known = new Made(blob, make(index, blob));
			this.made.put(index, known);
		}
		return known.factory();
	}

	@Override
	public @Nullable TrustManagerFactory platformTrust() {
		return this.preferred.platformTrust();
	}

	@Override
	public @Nullable ServerIdentity serverIdentity(String name) {
		return this.preferred.serverIdentity(name);
	}

	private static KeyManagerFactory make(int index, ClientIdentity blob) {
		try {
			return ClientIdentityReader.read(blob.certificate(), blob.key());
		}
		catch (GeneralSecurityException ex) {
			throw new SecureStreamsException(
					"client_cert " + index + ": the system blobs cannot be used: " + ex.getMessage(), ex);
		}
	}

	private record Made(ClientIdentity blob, KeyManagerFactory factory) {
	}

}
