package io.securestreams.stream.platform;

import io.securestreams.stream.platform.VirtualHost.ClientAuth;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Listeners that operators configure, and what is wrong with them.
 */
class VirtualHostSettingsTests {

	@ParameterizedTest
	@CsvSource(delimiter = ';', nullValues = "-", quoteCharacter = '`', value = {
			"``; ``; 1; -; NONE; vhost \"\" (expected: a name without \"!\")",
			"!web; ``; 1; -; NONE; vhost \"!web\" (expected: a name without \"!\")",
			"web; !eth0; 1; -; NONE; vhost \"web\": address \"!eth0\" (expected: an interface, an address, \"+/path\" or \"+@name\")",
			"web; ``; -1; -; NONE; vhost \"web\": port -1 (expected: 0..65535)",
			"web; ``; 65536; id; NEED; vhost \"web\": port 65536 (expected: 0..65535)",
			"web; ``; 1; -; WANT; vhost \"web\" wants client certificates without TLS (expected: a certificate of its own)" })
	void whatMakesNoSenseIsRefused(String name, String address, int port, @Nullable String identity,
			ClientAuth clientAuth, String message) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new VirtualHost(name, address, port, identity, clientAuth))
			.withMessage(message);
	}

}
