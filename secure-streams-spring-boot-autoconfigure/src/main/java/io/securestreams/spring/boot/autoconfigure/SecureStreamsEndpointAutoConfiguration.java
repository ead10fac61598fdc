package io.securestreams.spring.boot.autoconfigure;

import io.securestreams.spring.boot.actuate.endpoint.SecureStreamsEndpoint;
import io.securestreams.spring.boot.actuate.endpoint.SecureStreamsEndpointWebExtension;
import io.securestreams.stream.factory.StreamFactory;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of {@link SecureStreamsEndpoint}.
 */
@AutoConfiguration(after = SecureStreamsAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean({ StreamFactory.class, SecureStreamsProperties.class })
@ConditionalOnAvailableEndpoint(SecureStreamsEndpoint.class)
public final class SecureStreamsEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SecureStreamsEndpoint secureStreamsEndpoint(StreamFactory streams) {
		return new SecureStreamsEndpoint(streams);
	}

	@Bean
	@ConditionalOnMissingBean
	SecureStreamsEndpointWebExtension secureStreamsEndpointWebExtension(SecureStreamsEndpoint endpoint) {
		return new SecureStreamsEndpointWebExtension(endpoint);
	}

}
