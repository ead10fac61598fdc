package io.securestreams.demo.tour;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.springframework.core.io.Resource;

/**
 * Fills the placeholders of the tour's policy: certificates and ports are known only when
 * it starts.
 */
final class TourPolicy {

	private TourPolicy() {
	}

	/**
	 * Fills a policy.
	 * @param template the policy with its placeholders
	 * @param certificates the certificates
	 * @param port port of the library
	 * @param brokerPort port of the broker
	 * @return the policy as JSON
	 */
	static String fill(Resource template, TourCertificates certificates, int port, int brokerPort) {
		return fill(template,
				Map.of("tour-ca", certificates.authority(), "library-certificate", certificates.library(),
						"library-key", certificates.libraryKey(), "library-port", Integer.toString(port), "broker-port",
						Integer.toString(brokerPort)));
	}

	/**
	 * Fills what the office adds to the policy.
	 * @param template that, with its placeholders
	 * @param port port of the office
	 * @return an overlay
	 */
	static String office(Resource template, int port) {
		return fill(template, Map.of("office-port", Integer.toString(port)));
	}

	private static String fill(Resource template, Map<String, String> values) {
		try {
			String text = template.getContentAsString(StandardCharsets.UTF_8);
			for (Map.Entry<String, String> value : values.entrySet()) {
				text = text.replace("@" + value.getKey() + "@", value.getValue());
			}
			return text;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Chooses a port.
	 * @param wanted the port to take if it is free; 0: any
	 * @return a port that was free a moment ago
	 */
	static int choosePort(int wanted) {
		try {
			return freePort(wanted);
		}
		catch (IOException ex) {
			return anyPort();
		}
	}

	private static int anyPort() {
		try {
			return freePort(0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("no free port", ex);
		}
	}

	private static int freePort(int port) throws IOException {
		try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByAddress(new byte[] { 127, 0, 0, 1 }))) {
			return socket.getLocalPort();
		}
	}

}
