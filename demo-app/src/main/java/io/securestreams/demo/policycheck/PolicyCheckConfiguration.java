package io.securestreams.demo.policycheck;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;

/**
 * The policy checker. It starts no engine.
 */
@Configuration(proxyBeanMethods = false)
@Profile("policy-check")
public class PolicyCheckConfiguration {

	@Bean
	PolicyCheckProgram policyCheckProgram(Environment environment, ResourceLoader resources) {
		return new PolicyCheckProgram(environment, resources, System.out);
	}

}
