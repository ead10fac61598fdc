package io.securestreams.proxy.server.listen;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The file of a unix socket, which nobody can connect to before its permissions are what
 * they should be: it is bound in a directory of its own that only this user may enter,
 * and moved to its place when it is ready.
 */
final class SocketFile {

	private static final int FILE_TYPE = 0170000;

	private static final int SOCKET = 0140000;

	private final Path path;

	private final Path directory;

	private @Nullable Object inode;

	private SocketFile(Path path, Path directory) {
		this.path = path;
		this.directory = directory;
	}

	/**
	 * Makes the place to bind.
	 * @param path where the socket is to be in the end
	 * @return the file
	 * @throws BindException if somebody listens there, or the file is no socket
	 * @throws IOException if the directory cannot be written
	 */
	static SocketFile prepare(Path path) throws IOException {
		requireFree(path);
		byte[] random = new byte[3];
		new SecureRandom().nextBytes(random);
		// Short, for paths of sockets may not be long
		String name = "." + java.util.HexFormat.of().formatHex(random);
		Path parent = path.toAbsolutePath().getParent();
		if (parent == null) {
			throw new BindException(path + ": not a file");
		}
		return new SocketFile(path, createDirectory(parent, name));
	}

	private static Path createDirectory(Path parent, String name) throws IOException {
		try {
			return Files.createDirectory(parent.resolve(name),
					PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		}
		catch (NoSuchFileException ex) {
			throw noPlace(parent, "this directory does not exist", ex);
		}
		catch (AccessDeniedException ex) {
			throw noPlace(parent, "this directory may not be written", ex);
		}
		catch (FileSystemException ex) {
			throw noPlace(parent, String.valueOf(ex.getReason()), ex);
		}
	}

	private static FileSystemException noPlace(Path directory, String reason, IOException cause) {
		FileSystemException failure = new FileSystemException(directory.toString(), null, reason);
		failure.initCause(cause);
		return failure;
	}

	private static void requireFree(Path path) throws IOException {
		Object mode;
		try {
			mode = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
		}
		catch (NoSuchFileException ex) {
			return;
		}
		if (((Integer) mode & FILE_TYPE) != SOCKET) {
			throw new BindException(path + ": is there, and is no socket");
		}
		try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			probe.connect(UnixDomainSocketAddress.of(path));
		}
		catch (ConnectException ex) {
			// Of a process that is gone
			return;
		}
		throw new BindException(path + ": Address already in use");
	}

	/** Where to bind. */
	Path bindPath() {
		return this.directory.resolve("s");
	}

	/** Lets clients find the bound socket. */
	void publish(Set<PosixFilePermission> permissions, @Nullable String group) throws IOException {
		Path bound = bindPath();
		Files.setPosixFilePermissions(bound, permissions);
		if (group != null) {
			Files.getFileAttributeView(bound, PosixFileAttributeView.class)
				.setGroup(bound.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group));
		}
		this.inode = Files.getAttribute(bound, "unix:ino");
		Files.move(bound, this.path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		Files.deleteIfExists(this.directory);
	}

	/** Removes what is left, unless another process has put its own there. */
	void remove() throws IOException {
		Files.deleteIfExists(bindPath());
		Files.deleteIfExists(this.directory);
		try {
			if (this.inode != null
					&& this.inode.equals(Files.getAttribute(this.path, "unix:ino", LinkOption.NOFOLLOW_LINKS))) {
				Files.deleteIfExists(this.path);
			}
		}
		catch (NoSuchFileException ex) {
			// Gone already
		}
	}

}
