package io.securestreams.transport.http2.frame;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who waits for a peer's settings.
 */
class PeerSettingsTests {

	@Test
	void oneThatThrowsKeepsNobodyElseWaiting() {
		PeerSettings settings = PeerSettings.ofServer(1);
		List<String> told = new ArrayList<>();
		settings.whenSettled(() -> told.add("first"));
		settings.whenSettled(() -> {
			throw new IllegalStateException("second");
		});
		settings.whenSettled(() -> told.add("third"));
		settings.settle();
		assertThat(told).containsExactly("first", "third");
	}

}
