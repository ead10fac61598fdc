package io.securestreams.demo.server;

import java.nio.file.Path;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/**
 * The server. Its handlers are found by scanning; where they listen is the business of
 * {@code server-policy.json} and {@code application-server.yml}.
 */
@Configuration(proxyBeanMethods = false)
@Profile("server")
@ComponentScan
public class ServerConfiguration {

	@Bean
	CertificateFiles certificateFiles(@Value("${demo.certificates}") Path directory) {
		return new CertificateFiles(directory);
	}

}
