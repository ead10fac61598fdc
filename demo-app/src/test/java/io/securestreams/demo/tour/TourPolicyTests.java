package io.securestreams.demo.tour;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.core.io.ClassPathResource;

import io.securestreams.policy.Protocol;
import io.securestreams.policy.json.PolicyDocument;
import io.securestreams.policy.json.PolicyJson;

import static org.assertj.core.api.Assertions.assertThat;

class TourPolicyTests {

	@Test
	void filledTemplateIsAPolicyWithoutWarnings() {
		String json = TourPolicy.fill(new ClassPathResource("tour-policy.json"), TourCertificates.generate(), 8443,
				8883);
		PolicyDocument document = PolicyJson.read(json, "tour-policy.json");
		assertThat(document.warnings()).isEmpty();
		assertThat(document.policy().streamTypes()).containsOnlyKeys("library", "quote", "report", "weather",
				"unreliable", "thermometer", "greenhouse");
		assertThat(document.policy().streamTypes().values())
			.allSatisfy((stream) -> assertThat(stream.tls().enabled()).isTrue())
			.allSatisfy((stream) -> assertThat(stream.endpoint().port())
				.isEqualTo((stream.protocol().protocol() == Protocol.MQTT) ? 8883 : 8443));
	}

	@Test
	void theOfficeHandsOutWhatClientsNeedWithoutKeys() {
		TourCertificates certificates = TourCertificates.generate();
		String tour = TourPolicy.fill(new ClassPathResource("tour-policy.json"), certificates, 8443, 8883);
		String office = TourPolicy.office(new ClassPathResource("tour-office.json"), 8444);
		assertThat(PolicyJson.overlay(PolicyJson.read(tour, "tour").policy(), office, "office").warnings()).isEmpty();
		OfficeDocuments documents = new OfficeDocuments(tour, office);
		for (String text : List.of(documents.withRetry(2, "patient"), documents.leadingNowhere(3))) {
			assertThat(text).doesNotContain(certificates.libraryKey(), certificates.library());
			PolicyDocument document = PolicyJson.read(text, "handed out");
			assertThat(document.warnings()).isEmpty();
			assertThat(document.policy().streamTypes()).containsKeys("quote", "fetch_policy", "members", "thermometer")
				.doesNotContainKeys("library", "office");
		}
	}

	@Test
	void takesTheWantedPortIfItIsFree() throws IOException {
		int port;
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			port = socket.getLocalPort();
			assertThat(TourPolicy.choosePort(port)).isNotEqualTo(port).isPositive();
		}
		assertThat(TourPolicy.choosePort(port)).isEqualTo(port);
	}

}
