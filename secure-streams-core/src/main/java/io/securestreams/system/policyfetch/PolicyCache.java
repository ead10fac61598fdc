package io.securestreams.system.policyfetch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that keeps the last good policy for the next start. It is a policy document
 * like any other, whose first line is a comment with what else is to be known. It is
 * replaced as a whole, so that whoever reads it sees one version or the other; only its
 * owner can read and write it, and symbolic links are not followed.
 */
final class PolicyCache {

	private static final Logger log = LoggerFactory.getLogger(PolicyCache.class);

	private static final String MARK = "// secure-streams-policy-cache ";

	private static final int MAX_HEADER = 256 * 1024;

	/** Of names of streamtypes, with signature and validators in a header. */
	private static final int MAX_WORKED = 32 * 1024;

	/** Nothing takes so long to write. */
	private static final Duration STALE = Duration.ofHours(1);

	private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

	private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");

	private final Path file;

	private final int maxSize;

	/**
	 * Makes a cache; the file need not exist.
	 * @param file the file
	 * @param maxSize most bytes of a document
	 */
	PolicyCache(Path file, int maxSize) {
		this.file = file.toAbsolutePath();
		this.maxSize = maxSize;
	}

	/**
	 * What is in the file.
	 *
	 * @param document the last good document, {@code null} if there is none
	 * @param rejected digest of a document that was taken back, or empty
	 * @param worked streamtypes that are known to work with the document
	 */
	record Content(@Nullable FetchedDocument document, String rejected, Set<String> worked) {

		static final Content NOTHING = new Content(null, "", Set.of());

	}

	/**
	 * Reads the file.
	 * @return what is in it; nothing if it is not there, or not to be trusted, which is
	 * logged
	 */
	Content read() {
		try {
			byte[] bytes = bytes();
			return (bytes != null) ? parse(bytes) : Content.NOTHING;
		}
		catch (IOException | IllegalArgumentException ex) {
			log.warn("The policy cache {} is not used: {}", this.file, reason(ex));
			return Content.NOTHING;
		}
	}

	/** What an exception means, which of some is in their names only. */
	private static String reason(Exception ex) {
		if (ex instanceof AccessDeniedException denied) {
			return "this process has no access to " + denied.getFile();
		}
		if (ex instanceof AtomicMoveNotSupportedException || ex instanceof UnsupportedOperationException) {
			return "its file system cannot do what is needed (expected: one with atomic renames)";
		}
		if (ex instanceof FileSystemException failed) {
			String what = (failed.getReason() != null) ? failed.getReason() : ex.getClass().getSimpleName();
			return what + ", " + failed.getFile() + " (expected: a regular file in a directory of this process)";
		}
		return (ex instanceof IOException) ? String.valueOf(ex.getMessage()) : "it is damaged";
	}

	private byte @Nullable [] bytes() throws IOException {
		try (SeekableByteChannel channel = Files.newByteChannel(this.file,
				Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
			PosixFileAttributeView view = Files.getFileAttributeView(this.file, PosixFileAttributeView.class,
					LinkOption.NOFOLLOW_LINKS);
			if (view != null) {
				Set<PosixFilePermission> permissions = view.readAttributes().permissions();
				if (permissions.contains(PosixFilePermission.GROUP_WRITE)
						|| permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
					throw new IOException("others than its owner may write it (expected: "
							+ PosixFilePermissions.toString(OWNER_ONLY) + ")");
				}
			}
			long size = channel.size();
			if (size > (long) this.maxSize + MAX_HEADER) {
				throw new IOException("it has " + size + " bytes (expected: at most " + this.maxSize + ")");
			}
			InputStream in = Channels.newInputStream(channel);
			return in.readNBytes(this.maxSize + MAX_HEADER);
		}
		catch (NoSuchFileException ex) {
			return null;
		}
	}

	private Content parse(byte[] bytes) throws IOException {
		int end = 0;
		while (end < bytes.length && bytes[end] != '\n') {
			end++;
		}
		String header = new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
		if (!header.startsWith(MARK) || end == bytes.length) {
			throw new IOException("it was not written by this program, or only in part");
		}
		Map<String, String> fields = new HashMap<>();
		for (String field : header.substring(MARK.length()).split(" ")) {
			int equals = field.indexOf('=');
			if (equals > 0) {
				fields.put(field.substring(0, equals), decoded(field.substring(equals + 1)));
			}
		}
		byte[] document = Arrays.copyOfRange(bytes, end + 1, bytes.length);
		if (!FetchedDocument.digest(document).equals(fields.get("sha256"))) {
			throw new IOException("it is damaged");
		}
		String rejected = fields.getOrDefault("rejected", "");
		if (document.length == 0) {
			return new Content(null, rejected, Set.of());
		}
		String signature = fields.get("signature");
		return new Content(
				new FetchedDocument(document, fields.get("etag"), fields.get("last-modified"),
						(signature != null) ? signature.getBytes(StandardCharsets.ISO_8859_1) : null),
				rejected, fields.getOrDefault("worked", "").lines().collect(Collectors.toUnmodifiableSet()));
	}

	/**
	 * Replaces the file.
	 * @param content what is to be in it
	 */
	void write(Content content) {
		try {
			FetchedDocument document = content.document();
			byte[] body = (document != null) ? document.bytes() : new byte[0];
			ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length + 256);
			bytes.writeBytes(header(content, body).getBytes(StandardCharsets.ISO_8859_1));
			bytes.writeBytes(body);
			replace(bytes.toByteArray());
		}
		catch (IOException | UnsupportedOperationException ex) {
			log.warn("The policy cache {} cannot be written, the next start does without: {}", this.file, reason(ex));
		}
	}

	private static String header(Content content, byte[] body) {
		StringBuilder header = new StringBuilder(MARK);
		append(header, "sha256", FetchedDocument.digest(body));
		FetchedDocument document = content.document();
		if (document != null) {
			append(header, "etag", document.etag());
			append(header, "last-modified", document.lastModified());
			byte[] signature = document.signature();
			append(header, "signature",
					(signature != null) ? new String(signature, StandardCharsets.ISO_8859_1) : null);
		}
		append(header, "rejected", content.rejected());
		append(header, "worked", worked(content));
		return header.append('\n').toString();
	}

	/**
	 * As many as there is room for; names that would not come back as they are do not.
	 */
	private static String worked(Content content) {
		StringBuilder names = new StringBuilder();
		for (String name : content.worked()) {
			if (names.length() + name.length() < MAX_WORKED && StandardCharsets.US_ASCII.newEncoder().canEncode(name)) {
				names.append(name).append('\n');
			}
		}
		return names.toString();
	}

	private static void append(StringBuilder header, String name, @Nullable String value) {
		if (value != null && !value.isEmpty()) {
			header.append(name).append('=');
			header.append(Base64.getUrlEncoder().encodeToString(value.getBytes(StandardCharsets.ISO_8859_1)));
			header.append(' ');
		}
	}

	private static String decoded(String text) {
		return new String(Base64.getUrlDecoder().decode(text), StandardCharsets.ISO_8859_1);
	}

	private void replace(byte[] bytes) throws IOException {
		Path directory = this.file.getParent();
		if (directory == null) {
			throw new IOException("it is a directory");
		}
		boolean posix = isPosix(directory);
		if (!Files.isDirectory(directory)) {
			Files.createDirectories(directory, attributes(posix, DIRECTORY));
		}
		removeStale(directory);
		Path fresh = directory.resolve(temporaryPrefix() + UUID.randomUUID());
		try {
			// CREATE_NEW follows no link
			try (FileChannel channel = FileChannel.open(fresh,
					Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes(posix, OWNER_ONLY))) {
				ByteBuffer buffer = ByteBuffer.wrap(bytes);
				while (buffer.hasRemaining()) {
					channel.write(buffer);
				}
				channel.force(true);
			}
			// In place of a link this puts a file
			Files.move(fresh, this.file, StandardCopyOption.ATOMIC_MOVE);
		}
		finally {
			Files.deleteIfExists(fresh);
		}
	}

	private static boolean isPosix(Path directory) throws IOException {
		Path existing = directory;
		while (existing.getParent() != null && !Files.exists(existing)) {
			existing = existing.getParent();
		}
		FileStore store = Files.getFileStore(existing);
		return store.supportsFileAttributeView(PosixFileAttributeView.class);
	}

	private static FileAttribute<?>[] attributes(boolean posix, Set<PosixFilePermission> permissions) {
		return posix ? new FileAttribute<?>[] { PosixFilePermissions.asFileAttribute(permissions) }
				: new FileAttribute<?>[0];
	}

	private String temporaryPrefix() {
		return "." + this.file.getFileName() + ".new.";
	}

	/** What a process has left that was killed while it wrote. */
	private void removeStale(Path directory) throws IOException {
		Instant before = Instant.now().minus(STALE);
		String prefix = temporaryPrefix();
		try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(directory,
				(path) -> path.getFileName().toString().startsWith(prefix))) {
			for (Path leftover : leftovers) {
				if (Files.getLastModifiedTime(leftover, LinkOption.NOFOLLOW_LINKS).toInstant().isBefore(before)) {
					Files.deleteIfExists(leftover);
				}
			}
		}
	}

}
