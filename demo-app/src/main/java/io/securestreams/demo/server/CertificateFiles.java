package io.securestreams.demo.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;

import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.core.Ordered;

import io.securestreams.demo.certificates.CertificateAuthority;
import io.securestreams.demo.certificates.CertificateAuthority.Identity;

/**
 * Writes the files that {@code spring.ssl.bundle} of {@code application-server.yml}
 * names, just before they are read, and those of a client called Alice. An application
 * has got such files already, and does not need this.
 */
class CertificateFiles implements SslBundleRegistrar, Ordered {

	private static final FileAttribute<?>[] OWNER_ONLY = FileSystems.getDefault()
		.supportedFileAttributeViews()
		.contains("posix")
				? new FileAttribute<?>[] {
						PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")) }
				: new FileAttribute<?>[0];

	private final Path directory;

	CertificateFiles(Path directory) {
		this.directory = directory;
	}

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

	@Override
	public void registerBundles(SslBundleRegistry registry) {
		CertificateAuthority authority = new CertificateAuthority("CN=Secure Streams Demo CA");
		try {
			Files.createDirectories(this.directory);
			write("ca.pem", "CERTIFICATE", authority.certificate());
			write("site", authority.issue("CN=localhost", "localhost", "127.0.0.1"));
			write("alice", authority.issue("CN=Alice"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException("cannot write certificates to " + this.directory
					+ " (expected: --demo.certificates=DIRECTORY, to which this program may write)", ex);
		}
	}

	private void write(String name, Identity identity) throws IOException {
		write(name + ".pem", "CERTIFICATE", identity.certificate());
		write(name + ".key", "PRIVATE KEY", identity.key());
	}

	private void write(String name, String label, byte[] der) throws IOException {
		Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] { '\n' });
		Path file = this.directory.resolve(name);
		Files.deleteIfExists(file);
		Files.createFile(file, OWNER_ONLY);
		Files.writeString(file,
				"-----BEGIN " + label + "-----\n" + lines.encodeToString(der) + "\n-----END " + label + "-----\n",
				StandardCharsets.US_ASCII);
	}

}
