package io.securestreams.demo.client;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.ExitCodeGenerator;

import io.securestreams.SecureStreams;
import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.UnknownStreamTypeException;

/**
 * One stream, from creation to the outcome.
 */
final class ClientProgram implements ApplicationRunner, ExitCodeGenerator {

	/** Where neither the command line nor the policy has a timeout. */
	private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

	/** For the stream's own timeout and its last events to come through. */
	private static final Duration GRACE = Duration.ofSeconds(2);

	private final SecureStreams streams;

	private final JsonLines lines;

	private ExitCode exitCode = ExitCode.BAD_REQUEST;

	ClientProgram(SecureStreams streams, JsonLines lines) {
		this.streams = streams;
		this.lines = lines;
	}

	@Override
	public void run(ApplicationArguments arguments) throws InterruptedException {
		try {
			this.exitCode = run(ClientOptions.parse(arguments));
		}
		catch (IllegalArgumentException | SecureStreamsException ex) {
			this.lines.error(List.of(String.valueOf(ex.getMessage())));
		}
		this.lines.exit(this.exitCode.code());
	}

	@Override
	public int getExitCode() {
		return this.exitCode.code();
	}

	private ExitCode run(ClientOptions options) throws InterruptedException {
		StreamPolicy policy = policy(options);
		Duration timeout = timeout(options, policy);
		ClientHandler handler = new ClientHandler(this.lines, options, policy, timeout);
		SecureStream stream = this.streams.create(options.stream(), handler);
		handler.outcome().completeOnTimeout(ExitCode.TIMEOUT, timeout.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
		ExitCode outcome = handler.outcome().join();
		stream.close();
		handler.ended().completeOnTimeout(null, GRACE.toMillis(), TimeUnit.MILLISECONDS).join();
		return outcome;
	}

	/** A proxy may have streamtypes that are not known here. */
	private @Nullable StreamPolicy policy(ClientOptions options) {
		if (this.streams.isProxied() && this.streams.policy().streamType(options.stream()).isEmpty()) {
			return null;
		}
		StreamPolicy policy = this.streams.policy()
			.streamType(options.stream())
			.orElseThrow(() -> new UnknownStreamTypeException(options.stream(),
					List.copyOf(this.streams.policy().streamTypes().keySet())));
		Set<String> declared = policy.metadata()
			.stream()
			.map(MetadataDeclaration::name)
			.collect(Collectors.toUnmodifiableSet());
		for (String name : options.metadata().keySet()) {
			if (!declared.contains(name) && !policy.features().directHeaders()) {
				throw new IllegalArgumentException("streamtype \"" + options.stream() + "\" declares no metadata \""
						+ name + "\" (declared: " + String.join(", ", declared) + ")");
			}
		}
		return policy;
	}

	private static Duration timeout(ClientOptions options, @Nullable StreamPolicy policy) {
		if (options.timeout() != null) {
			return options.timeout();
		}
		if (policy == null) {
			return DEFAULT_TIMEOUT;
		}
		Duration timeout = policy.persistence().timeout();
		return timeout.isZero() ? DEFAULT_TIMEOUT : timeout;
	}

}
