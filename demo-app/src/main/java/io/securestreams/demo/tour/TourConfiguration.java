package io.securestreams.demo.tour;

import java.time.InstantSource;

import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.io.ResourceLoader;
import org.springframework.scheduling.annotation.EnableScheduling;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;

/**
 * The tour: a server stream, and the client streams that talk to it.
 */
@Configuration(proxyBeanMethods = false)
@Profile("tour")
@ComponentScan
@EnableScheduling
@EnableConfigurationProperties(TourProperties.class)
public class TourConfiguration {

	@Bean
	TourCertificates tourCertificates() {
		return TourCertificates.generate();
	}

	@Bean
	TourBroker tourBroker(TourCertificates certificates) {
		return new TourBroker(TourPolicy.choosePort(0), certificates);
	}

	/**
	 * An application whose policy is complete just names it:
	 * {@code secure-streams.policy.location}, and {@code .overlays}.
	 */
	@Bean
	TourDocument tourDocument(TourProperties properties, ResourceLoader resources, TourCertificates certificates,
			TourBroker broker) {
		return new TourDocument(
				TourPolicy.fill(resources.getResource("classpath:tour-policy.json"), certificates,
						TourPolicy.choosePort(properties.port()), broker.port()),
				TourPolicy.office(resources.getResource("classpath:tour-office.json"), TourPolicy.choosePort(0)));
	}

	@Bean
	Policy tourPolicy(TourDocument document) {
		Policy policy = PolicyJson.read(document.tour(), "classpath:tour-policy.json").policy();
		return PolicyJson.overlay(policy, document.office(), "classpath:tour-office.json").policy();
	}

	@Bean
	PolicyOffice policyOffice(SecureStreams streams, TourDocument document) {
		return new PolicyOffice(streams, new OfficeDocuments(document.tour(), document.office()));
	}

	@Bean
	StreamLog streamLog() {
		return new StreamLog();
	}

	@Bean
	Library library(SecureStreams streams, TourProperties properties) {
		return new Library(streams, properties, InstantSource.system());
	}

	/**
	 * Says what there is to see.
	 */
	@Bean
	ApplicationListener<WebServerInitializedEvent> guide() {
		return (event) -> LoggerFactory.getLogger("tour.guide")
			.info("live streams at http://localhost:{}/, an outage with: curl -X POST localhost:{}/outage",
					event.getWebServer().getPort(), event.getWebServer().getPort());
	}

}
