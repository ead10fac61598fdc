package io.securestreams.demo;

import java.io.PrintStream;
import java.util.OptionalInt;

import org.springframework.boot.ExitCodeGenerator;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

import io.securestreams.demo.client.ClientConfiguration;
import io.securestreams.demo.client.ClientOutput;
import io.securestreams.demo.client.ClientStartFailure;
import io.securestreams.demo.policy2java.PolicyToJavaConfiguration;
import io.securestreams.demo.policycheck.PolicyCheckConfiguration;
import io.securestreams.demo.server.ServerConfiguration;
import io.securestreams.demo.tour.TourConfiguration;

/**
 * Starts the program that the profile names: {@code tour} (the default), {@code server},
 * {@code client}, {@code proxy}, {@code policy-check} or {@code policy2java}.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ TourConfiguration.class, ServerConfiguration.class, ClientConfiguration.class, PolicyCheckConfiguration.class,
		PolicyToJavaConfiguration.class })
public class DemoApplication {

	public static void main(String[] args) {
		PrintStream out = System.out;
		SpringApplication application = new SpringApplication(DemoApplication.class);
		application.addListeners(new ClientOutput());
		run(application, out, args).ifPresent(System::exit);
	}

	/**
	 * Starts a program, and waits for it if it is one that ends by itself.
	 * @param out where the client prints to
	 * @param args the command line
	 * @return its exit code, or empty if it runs on in the background
	 */
	public static OptionalInt run(PrintStream out, String... args) {
		return run(new SpringApplication(DemoApplication.class), out, args);
	}

	private static OptionalInt run(SpringApplication application, PrintStream out, String... args) {
		ClientStartFailure failure = new ClientStartFailure(out);
		application.addListeners(failure);
		application
			.addInitializers((context) -> context.getBeanFactory().registerSingleton(ClientConfiguration.OUTPUT, out));
		ConfigurableApplicationContext context;
		try {
			context = application.run(args);
		}
		catch (RuntimeException ex) {
			if (failure.exitCode().isPresent()) {
				return failure.exitCode();
			}
			throw ex;
		}
		if (context.getBeanNamesForType(ExitCodeGenerator.class).length == 0) {
			return OptionalInt.empty();
		}
		return OptionalInt.of(SpringApplication.exit(context));
	}

}
