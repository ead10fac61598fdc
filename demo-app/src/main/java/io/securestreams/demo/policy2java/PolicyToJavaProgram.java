package io.securestreams.demo.policy2java;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.ExitCodeGenerator;

import io.securestreams.policy.json.PolicyDocument;
import io.securestreams.policy.json.PolicyException;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.policy.source.PolicySource;

/**
 * Reads a policy and prints a Java class that builds an equal one. Without a file it
 * reads the standard input, as the original's {@code policy2c} does.
 */
final class PolicyToJavaProgram implements ApplicationRunner, ExitCodeGenerator {

	private static final int BAD_POLICY = 5;

	private static final String DEFAULT_CLASS = "com.example.StaticPolicy";

	private static final String USAGE = "[policy.json] [--class=com.example.StaticPolicy] [--output=file]";

	private static final Set<String> OPTIONS = Set.of("class", "output");

	private final InputStream in;

	private final PrintStream out;

	private final PrintStream err;

	private int exitCode = BAD_POLICY;

	PolicyToJavaProgram(InputStream in, PrintStream out, PrintStream err) {
		this.in = in;
		this.out = out;
		this.err = err;
	}

	@Override
	public void run(ApplicationArguments arguments) {
		List<String> files = arguments.getNonOptionArgs();
		for (String option : arguments.getOptionNames()) {
			if (!OPTIONS.contains(option) && !option.matches("debug|trace|(spring|logging)\\..+")) {
				this.err.println("Unknown option --" + option + ". Expected: " + USAGE);
				return;
			}
		}
		if (files.size() > 1) {
			this.err.println("Unexpected argument \"" + files.get(1) + "\". Expected: " + USAGE);
			return;
		}
		String name = files.isEmpty() ? "standard input" : files.get(0);
		try {
			write(files.isEmpty() ? PolicyJson.read(this.in, name) : read(Path.of(name)), name, arguments);
		}
		catch (PolicyException ex) {
			this.err.println("This policy cannot be used:");
			ex.problems().forEach((problem) -> this.err.println("  " + problem));
		}
		catch (IOException ex) {
			this.err.println("Cannot read or write: " + ex);
		}
		catch (IllegalArgumentException ex) {
			this.err.println(ex.getMessage());
		}
	}

	private static PolicyDocument read(Path file) throws IOException {
		try (InputStream content = Files.newInputStream(file)) {
			return PolicyJson.read(content, file.toString());
		}
	}

	private void write(PolicyDocument document, String name, ApplicationArguments arguments) throws IOException {
		document.warnings().forEach((warning) -> this.err.println(warning));
		String source = PolicySource.write(document.policy(), option(arguments, "class", DEFAULT_CLASS), name);
		String output = option(arguments, "output", "");
		if (output.isEmpty()) {
			this.out.print(source);
			this.out.flush();
		}
		else {
			Path file = Path.of(output).toAbsolutePath();
			Files.createDirectories(file.getParent());
			Files.writeString(file, source, StandardCharsets.US_ASCII);
		}
		this.exitCode = 0;
	}

	private static String option(ApplicationArguments arguments, String option, String otherwise) {
		List<String> values = arguments.getOptionValues(option);
		return (values == null || values.isEmpty()) ? otherwise : values.get(values.size() - 1);
	}

	@Override
	public int getExitCode() {
		return this.exitCode;
	}

}
