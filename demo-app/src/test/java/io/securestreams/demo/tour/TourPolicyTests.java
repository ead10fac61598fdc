package io.securestreams.demo.tour;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

import org.junit.jupiter.api.Test;

import org.springframework.core.io.ClassPathResource;

import io.securestreams.policy.json.PolicyDocument;
import io.securestreams.policy.json.PolicyJson;

import static org.assertj.core.api.Assertions.assertThat;

class TourPolicyTests {

	@Test
	void filledTemplateIsAPolicyWithoutWarnings() {
		String json = TourPolicy.fill(new ClassPathResource("tour-policy.json"), TourCertificates.generate(), 8443);
		PolicyDocument document = PolicyJson.read(json, "tour-policy.json");
		assertThat(document.warnings()).isEmpty();
		assertThat(document.policy().streamTypes()).containsOnlyKeys("library", "quote", "report", "weather",
				"unreliable");
		assertThat(document.policy().streamTypes().values())
			.allSatisfy((stream) -> assertThat(stream.tls().enabled()).isTrue())
			.allSatisfy((stream) -> assertThat(stream.endpoint().port()).isEqualTo(8443));
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
