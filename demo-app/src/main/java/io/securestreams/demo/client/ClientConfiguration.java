package io.securestreams.demo.client;

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

	@Bean
	ClientProgram clientProgram(SecureStreams streams) {
		return new ClientProgram(streams, new JsonLines(System.out));
	}

}
