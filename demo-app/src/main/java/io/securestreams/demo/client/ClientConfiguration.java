package io.securestreams.demo.client;

import java.io.PrintStream;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

import io.securestreams.SecureStreams;

/**
 * The command-line client.
 */
@Configuration(proxyBeanMethods = false)
@Profile("client")
public class ClientConfiguration {

	/** Name of the bean that the client prints to. */
	public static final String OUTPUT = "clientOutput";

	@Bean
	ClientProgram clientProgram(SecureStreams streams, @Qualifier(OUTPUT) PrintStream output) {
		return new ClientProgram(streams, new JsonLines(output));
	}

}
