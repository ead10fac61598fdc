package io.securestreams.demo.policy2java;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/**
 * The policy writer. It starts no engine.
 */
@Configuration(proxyBeanMethods = false)
@Profile("policy2java")
public class PolicyToJavaConfiguration {

	@Bean
	PolicyToJavaProgram policyToJavaProgram() {
		return new PolicyToJavaProgram(System.in, System.out, System.err);
	}

}
