package io.securestreams.transport.raw;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.contract.Program;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Streams in processes of their own.
 */
@Timeout(120)
class ProcessIT {

	@ParameterizedTest
	@ValueSource(strings = { "socks_proxy", "SOCKS_PROXY" })
	void goesThroughTheProxyOfTheEnvironment(String variable, @TempDir Path directory) throws Exception {
		Assumptions.assumeTrue(Program.find("microsocks") != null, "microsocks is not installed");
		int port = Program.freePort();
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo);
				Program socks = Program
					.start(directory.resolve("log"), List.of("microsocks", "-i", "127.0.0.1", "-p",
							Integer.toString(port), "-u", "user", "-P", "p@ss"))
					.listening(port)) {
			String output = Program.java(List.of(), Map.of(variable, "socks5h://user:p%40ss@127.0.0.1:" + port + "/"),
					ProcessProbe.class, "echo", "localhost", Integer.toString(peer.port()), "");
			assertThat(output).contains("rx hello").doesNotContain("p@ss", "p%40ss");
			assertThat(socks.log()).contains("connected to localhost:" + peer.port());
		}
	}

	@Test
	void doesNotStartWithAProxyItDoesNotUnderstand() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo)) {
			String output = Program.java(List.of(), Map.of("socks_proxy", "socks4://user:s3cret@127.0.0.1:1080"),
					ProcessProbe.class, "echo", "127.0.0.1", Integer.toString(peer.port()), "");
			assertThat(output).contains("environment variable socks_proxy: scheme \"socks4\"").doesNotContain("s3cret");
			assertThat(peer.accepted()).isZero();
		}
	}

	@Test
	void goesOnWithoutThePrivilegeForPriority7() throws Exception {
		List<String> unprivileged = System.getProperty("user.name").equals("root")
				? List.of("setpriv", "--bounding-set", "-net_admin,-net_raw") : List.of();
		Assumptions.assumeTrue(unprivileged.isEmpty() || Program.find("setpriv") != null, "setpriv is not installed");
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo)) {
			String output = Program.java(unprivileged, Map.of(), ProcessProbe.class, "echo", "127.0.0.1",
					Integer.toString(peer.port()), "\"attr_priority\": 7, \"attr_low_latency\": true");
			assertThat(output).contains("rx hello").containsOnlyOnce("WARN").contains("SO_PRIORITY 7 is refused");
		}
	}

	/** The packets are lost: nobody says that anything has ended. */
	@ParameterizedTest
	@CsvSource({ "auto,idle", "auto,sending", "nio,idle", "nio,sending" })
	void comesBackAfterTheNetworkWasLost(String transport, String what) throws Exception {
		List<String> network = List.of("unshare", "--user", "--map-root-user", "--net");
		Assumptions.assumeTrue(isPossible(network), "this system lets nobody have a network of their own");
		String output = Program.java(network, Map.of(), ProcessProbe.class, "loss", transport, what);
		assertThat(output).contains("VALIDITY 127.0.0.1: no sign of life from the peer").contains("rx back");
	}

	private static boolean isPossible(List<String> network) throws Exception {
		if (Program.find("unshare") == null || Program.find("ip") == null) {
			return false;
		}
		List<String> command = new ArrayList<>(network);
		command.addAll(List.of("ip", "link", "set", "lo", "up"));
		return new ProcessBuilder(command).start().waitFor() == 0;
	}

}
