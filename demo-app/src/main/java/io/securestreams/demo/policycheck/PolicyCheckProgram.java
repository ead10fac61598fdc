package io.securestreams.demo.policycheck;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.ExitCodeGenerator;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;

import io.securestreams.policy.Policy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.json.PolicyDiff;
import io.securestreams.policy.json.PolicyDocument;
import io.securestreams.policy.json.PolicyException;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.policy.json.PolicyProblem;

/**
 * Reads a policy with its overlays, and prints what is wrong with it or what it means.
 */
final class PolicyCheckProgram implements ApplicationRunner, ExitCodeGenerator {

	private static final int BAD_POLICY = 5;

	/** A client streamtype has not reached its peer. */
	private static final int NOT_REACHED = 2;

	private static final String CONNECT = "connect";

	private static final String DIFF = "diff";

	private static final String USAGE = "--secure-streams.policy.location=file:… or a file name, and perhaps "
			+ "--secure-streams.policy.overlays=file:…; --connect to try it; --diff and two file names to compare";

	/** Options of the checker, and what belongs to Spring Boot. */
	private static final Pattern OPTION = Pattern.compile(
			"connect|diff|secure-streams\\.policy\\.(location|overlays(\\[\\d+])?)|debug|trace|(spring|logging)\\..+");

	private final Environment environment;

	private final ResourceLoader resources;

	private final PrintStream out;

	private int exitCode = BAD_POLICY;

	PolicyCheckProgram(Environment environment, ResourceLoader resources, PrintStream out) {
		this.environment = environment;
		this.resources = resources;
		this.out = out;
	}

	@Override
	public void run(ApplicationArguments arguments) {
		String mistake = mistake(arguments);
		if (mistake != null) {
			this.out.println(mistake + ". Expected: " + USAGE);
			return;
		}
		if (arguments.containsOption(DIFF)) {
			compare(arguments.getNonOptionArgs().get(0), arguments.getNonOptionArgs().get(1));
			return;
		}
		String location = location(arguments);
		if (location == null) {
			this.out.println("No policy given. Expected: " + USAGE);
			return;
		}
		try {
			PolicyDocument document = read(location);
			if (explain(location, document)) {
				this.exitCode = arguments.containsOption(CONNECT) ? connect(document.policy()) : 0;
			}
		}
		catch (PolicyException ex) {
			this.out.println("This policy cannot be used:");
			ex.problems().forEach((problem) -> this.out.println("  " + problem));
		}
		catch (IOException ex) {
			this.out.println("Cannot read " + location + ": " + ex.getMessage());
		}
	}

	/** Tries every client streamtype; all have to be reached. */
	private int connect(Policy policy) {
		this.out.println();
		this.out.println("From here:");
		boolean reached = true;
		try (ConnectionTrials trials = new ConnectionTrials(policy)) {
			for (StreamPolicy stream : policy.streamTypes().values()) {
				if (stream.role() == StreamPolicy.Role.CLIENT) {
					this.out.println();
					reached &= trials.attempt(stream, (line) -> this.out.println(line));
				}
			}
		}
		return reached ? 0 : NOT_REACHED;
	}

	private void compare(String before, String after) {
		try {
			List<String> lines = PolicyDiff.between(read("file:" + before).policy(), read("file:" + after).policy())
				.lines();
			lines.forEach(this.out::println);
			if (lines.isEmpty()) {
				this.out.println("No difference.");
			}
			this.exitCode = 0;
		}
		catch (PolicyException ex) {
			this.out.println("This policy cannot be used:");
			ex.problems().forEach((problem) -> this.out.println("  " + problem));
		}
		catch (IOException ex) {
			this.out.println("Cannot read " + ex.getMessage());
		}
	}

	@Override
	public int getExitCode() {
		return this.exitCode;
	}

	/** What is wrong with the command line, or {@code null}. */
	private static @Nullable String mistake(ApplicationArguments arguments) {
		List<String> files = arguments.getNonOptionArgs();
		boolean compares = arguments.containsOption(DIFF);
		if (compares && files.size() != 2) {
			return "--diff compares two files";
		}
		if (!compares && files.size() > 1) {
			return "Unexpected argument \"" + files.get(1) + "\"";
		}
		for (String option : arguments.getOptionNames()) {
			if (!OPTION.matcher(option).matches()) {
				return "Unknown option --" + option;
			}
		}
		return null;
	}

	private @Nullable String location(ApplicationArguments arguments) {
		List<String> files = arguments.getNonOptionArgs();
		if (!files.isEmpty()) {
			return "file:" + files.get(0);
		}
		return this.environment.getProperty("secure-streams.policy.location");
	}

	private PolicyDocument read(String location) throws IOException {
		PolicyDocument document;
		try (InputStream in = this.resources.getResource(location).getInputStream()) {
			document = PolicyJson.read(in, location);
		}
		List<PolicyProblem> warnings = new ArrayList<>(document.warnings());
		for (String overlay : overlays()) {
			String text = this.resources.getResource(overlay).getContentAsString(StandardCharsets.UTF_8);
			document = PolicyJson.overlay(document.policy(), text, overlay);
			warnings.addAll(document.warnings());
		}
		return new PolicyDocument(document.policy(), warnings);
	}

	private List<String> overlays() {
		return Binder.get(this.environment)
			.bind("secure-streams.policy.overlays", Bindable.listOf(String.class))
			.orElse(List.of());
	}

	/** Explains a policy, and says whether streams of all its streamtypes can be made. */
	private boolean explain(String location, PolicyDocument document) {
		Policy policy = document.policy();
		int count = policy.streamTypes().size();
		this.out.println(location + ": " + count + ((count == 1) ? " streamtype" : " streamtypes")
				+ (policy.release().isEmpty() ? "" : ", release " + policy.release())
				+ (policy.product().isEmpty() ? "" : ", product " + policy.product()));
		document.warnings().forEach((warning) -> this.out.println("  " + warning));
		policy.streamTypes().values().forEach((stream) -> {
			this.out.println();
			PolicyExplanation.of(stream).forEach(this.out::println);
		});
		String verdict = verdict(policy);
		if (verdict != null) {
			this.out.println();
			this.out.println(verdict);
		}
		return verdict == null;
	}

	private static @Nullable String verdict(Policy policy) {
		if (policy.streamTypes().isEmpty()) {
			return "This policy has no streamtypes: no stream can be made. Expected: some in the section \"s\".";
		}
		String refused = policy.streamTypes()
			.values()
			.stream()
			.filter((stream) -> PolicyExplanation.refusal(stream) != null)
			.map((stream) -> "\"" + stream.name() + "\"")
			.collect(Collectors.joining(", "));
		return refused.isEmpty() ? null : "No streams can be made of " + refused + ".";
	}

}
