package io.securestreams.demo.client;

import java.io.PrintStream;
import java.util.List;
import java.util.OptionalInt;

import org.springframework.boot.context.event.ApplicationFailedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Profiles;

import io.securestreams.policy.json.PolicyException;

/**
 * Tells why the client cannot start, in its own language: a bad policy stops it before
 * there is a stream.
 */
public final class ClientStartFailure implements ApplicationListener<ApplicationFailedEvent> {

	private final PrintStream out;

	private OptionalInt exitCode = OptionalInt.empty();

	/**
	 * Makes a listener.
	 * @param out where the client prints to
	 */
	public ClientStartFailure(PrintStream out) {
		this.out = out;
	}

	@Override
	public void onApplicationEvent(ApplicationFailedEvent event) {
		ConfigurableApplicationContext context = event.getApplicationContext();
		if (context == null || !context.getEnvironment().acceptsProfiles(Profiles.of("client"))) {
			return;
		}
		JsonLines lines = new JsonLines(this.out);
		lines.error(problems(event.getException()));
		lines.exit(ExitCode.BAD_REQUEST.code());
		this.exitCode = OptionalInt.of(ExitCode.BAD_REQUEST.code());
	}

	/**
	 * Returns the exit code of a client that could not start.
	 * @return the code, or empty if it was not the client, or it did start
	 */
	public OptionalInt exitCode() {
		return this.exitCode;
	}

	private static List<String> problems(Throwable failure) {
		Throwable root = failure;
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof PolicyException bad) {
				return bad.problems().stream().map(Object::toString).toList();
			}
			root = cause;
		}
		return List.of(String.valueOf((root.getMessage() != null) ? root.getMessage() : root));
	}

}
