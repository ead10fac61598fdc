package io.securestreams.demo;

import java.util.OptionalInt;

import org.springframework.boot.ExitCodeGenerator;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

import io.securestreams.demo.policycheck.PolicyCheckConfiguration;

/**
 * Starts the program that the profile names: {@code policy-check}.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(PolicyCheckConfiguration.class)
public class DemoApplication {

	public static void main(String[] args) {
		run(args).ifPresent(System::exit);
	}

	/**
	 * Starts a program, and waits for it if it is one that ends by itself.
	 * @param args the command line
	 * @return its exit code, or empty if it runs on in the background
	 */
	public static OptionalInt run(String... args) {
		ConfigurableApplicationContext context = SpringApplication.run(DemoApplication.class, args);
		if (context.getBeanNamesForType(ExitCodeGenerator.class).length == 0) {
			return OptionalInt.empty();
		}
		return OptionalInt.of(SpringApplication.exit(context));
	}

}
