package io.securestreams.system.auth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

import io.securestreams.policy.AuthScheme;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.SystemBlobs.Blob;
import org.jspecify.annotations.Nullable;

/**
 * Finds access keys of AWS: in the system blobs, the environment, or the shared
 * credentials file, which is read elsewhere and again after a while, since others change
 * it. May be used from any thread; guarded by its lock.
 */
final class AwsKeys {

	/** How long what was in the file counts. */
	private static final Duration FRESH = Duration.ofSeconds(30);

	private final SystemBlobs blobs;

	private final AwsKeySources sources;

	private final Executor files;

	private final InstantSource clock;

	private @Nullable AwsKey ofFile;

	private String fileProblem = "";

	private @Nullable Instant readAt;

	AwsKeys(SystemBlobs blobs, AwsKeySources sources, Executor files, InstantSource clock) {
		this.blobs = blobs;
		this.sources = sources;
		this.files = files;
		this.clock = clock;
	}

	/**
	 * Finds the key of a scheme.
	 * @param scheme the scheme
	 * @param found is told, possibly before this returns, possibly on another thread
	 */
	void find(AuthScheme scheme, Consumer<Found> found) {
		Found known = known(scheme);
		if (known != null) {
			found.accept(known);
			return;
		}
		try {
			this.files.execute(() -> found.accept(read(scheme)));
		}
		catch (RejectedExecutionException ex) {
			found.accept(Found.none("no access key of AWS: the credentials file cannot be read any more"));
		}
	}

	/** The key that can be had without reading the file again, or {@code null}. */
	@Nullable AwsKey knownKey(AuthScheme scheme) {
		Found found = known(scheme);
		return (found != null) ? found.key() : null;
	}

	/** What can be had without waiting, or {@code null}. */
	private @Nullable Found known(AuthScheme scheme) {
		AwsKey key = ofBlobs(scheme.blob());
		if (key != null) {
			return new Found(key, false, "");
		}
		key = ofEnvironment();
		if (key != null) {
			return new Found(key, false, "");
		}
		if (this.sources.file() == null) {
			return Found.none(nothing(scheme));
		}
		synchronized (this) {
			boolean fresh = this.readAt != null && this.clock.instant().isBefore(this.readAt.plus(FRESH));
			return fresh ? ofFile(scheme) : null;
		}
	}

	private @Nullable AwsKey ofBlobs(int index) {
		String first = text(index);
		if (first.isEmpty()) {
			return null;
		}
		String[] parts = first.split(":", 3);
		if (parts.length == 1) {
			String secret = (index < AuthScheme.MAX_BLOB) ? text(index + 1) : "";
			return secret.isEmpty() ? null : new AwsKey(first, secret, null);
		}
		return new AwsKey(parts[0], parts[1], (parts.length > 2) ? parts[2] : null);
	}

	private String text(int index) {
		byte[] value = this.blobs.get(Blob.auth(index));
		return (value != null) ? new String(value, StandardCharsets.UTF_8).strip() : "";
	}

	private @Nullable AwsKey ofEnvironment() {
		String id = this.sources.environment().getOrDefault("AWS_ACCESS_KEY_ID", "");
		String secret = this.sources.environment().getOrDefault("AWS_SECRET_ACCESS_KEY", "");
		String token = this.sources.environment().getOrDefault("AWS_SESSION_TOKEN", "");
		return (id.isEmpty() || secret.isEmpty()) ? null : new AwsKey(id, secret, token.isEmpty() ? null : token);
	}

	private Found read(AuthScheme scheme) {
		Path file = this.sources.file();
		AwsKey key = null;
		String problem = "";
		try {
			key = (file != null) ? CredentialsFile.read(file, this.sources.profile()) : null;
			problem = (key == null) ? file + " has no key in profile \"" + this.sources.profile() + "\"" : "";
		}
		catch (IOException | RuntimeException ex) {
			problem = file + " cannot be read (" + ex.getClass().getSimpleName() + ")";
		}
		synchronized (this) {
			this.ofFile = key;
			this.fileProblem = problem;
			this.readAt = this.clock.instant();
			return ofFile(scheme);
		}
	}

	private Found ofFile(AuthScheme scheme) {
		return (this.ofFile != null) ? new Found(this.ofFile, true, "")
				: Found.none(nothing(scheme) + ", and " + this.fileProblem);
	}

	private static String nothing(AuthScheme scheme) {
		return "no access key of AWS: blob " + scheme.blob() + " has none, nor has the environment";
	}

	/** The peer does not accept what was in the file, which may have changed. */
	synchronized void forget() {
		this.readAt = null;
	}

	/**
	 * What has been found.
	 *
	 * @param key the key, or {@code null}
	 * @param ofFile whether it is that of the file
	 * @param problem why there is none
	 */
	record Found(@Nullable AwsKey key, boolean ofFile, String problem) {

		static Found none(String problem) {
			return new Found(null, false, problem);
		}

	}

}
