package io.securestreams.spring.boot.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;

import io.securestreams.spring.event.CaptivePortalEvent;
import io.securestreams.spring.event.EventPublication;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.system.captiveportal.CaptivePortalDetector;

/**
 * Auto-configuration of {@link CaptivePortalDetector}.
 */
@AutoConfiguration(after = { SecureStreamsAutoConfiguration.class, SecureStreamsPolicyAutoConfiguration.class })
@ConditionalOnBean(SecureStreamsProperties.class)
@ConditionalOnSingleCandidate(StreamFactory.class)
public final class SecureStreamsCaptivePortalAutoConfiguration {

	@Bean(destroyMethod = "close")
	@ConditionalOnMissingBean
	CaptivePortalDetector secureStreamsCaptivePortalDetector(StreamFactory streams, SecureStreamsProperties properties,
			ApplicationEventPublisher publisher) {
		CaptivePortalDetector detector = new CaptivePortalDetector(ReplaceableEngine.withPolicy(streams),
				properties.captivePortal().enabled());
		if (properties.events().enabled()) {
			EventPublication publication = new EventPublication(publisher, CaptivePortalEvent.class);
			detector.listener((verdict) -> {
				if (publication.isListenedTo()) {
					publication.publish(new CaptivePortalEvent(verdict.state(), verdict.reason()));
				}
			});
		}
		return detector;
	}

	@Bean
	CaptivePortalLifecycle secureStreamsCaptivePortalLifecycle(CaptivePortalDetector detector) {
		return new CaptivePortalLifecycle(detector);
	}

}
