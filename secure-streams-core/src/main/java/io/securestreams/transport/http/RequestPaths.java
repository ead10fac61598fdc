package io.securestreams.transport.http;

import java.net.IDN;
import java.nio.charset.StandardCharsets;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.MetadataAccess;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.Template;

/**
 * Request target and authority of client requests (RFC 9110 section 7.1).
 */
public final class RequestPaths {

	private static final int HTTP_PORT = 80;

	private static final int HTTPS_PORT = 443;

	/** Host of what is reached through something that has no name. */
	private static final String NO_HOST = "localhost";

	private RequestPaths() {
	}

	/**
	 * Returns path and query of a request: the target's own, else the policy's
	 * {@code http_url} with metadata inserted verbatim. There is exactly one leading
	 * slash. Characters that are not ASCII are sent percent-encoded.
	 * @param target what the attempt aims at
	 * @param url the policy's {@code http_url}
	 * @param metadata values of the symbols
	 * @return path and query in origin form
	 * @throws InvalidRequestException if a symbol is not declared, or the result has a
	 * blank or a control character
	 */
	public static String path(Target target, Template url, MetadataAccess metadata) {
		String given = target.path();
		if (given != null) {
			return path(given);
		}
		try {
			return path(url.expand(metadata::symbol));
		}
		catch (Template.UndeclaredSymbolException ex) {
			throw new InvalidRequestException("http_url: " + ex.getMessage());
		}
	}

	private static String path(String text) {
		int from = 0;
		while (from < text.length() && text.charAt(from) == '/') {
			from++;
		}
		StringBuilder path = new StringBuilder(text.length() + 1).append('/');
		boolean ascii = true;
		for (int i = from; i < text.length(); i++) {
			char character = text.charAt(i);
			if (character <= ' ' || character == 0x7f) {
				throw new InvalidRequestException("request path has "
						+ ((character == ' ') ? "a blank" : "a control character") + " at " + i + " (expected: none)");
			}
			ascii &= character < 0x80;
			path.append(character);
		}
		return ascii ? path.toString() : percentEncoded(path.toString());
	}

	static String percentEncoded(String text) {
		StringBuilder encoded = new StringBuilder(text.length() + 16);
		percentEncode(text.getBytes(StandardCharsets.UTF_8), encoded);
		return encoded.toString();
	}

	static void percentEncode(byte[] octets, StringBuilder encoded) {
		for (byte octet : octets) {
			if (octet > ' ' && octet < 0x7f) {
				encoded.append((char) octet);
			}
			else {
				encoded.append('%');
				encoded.append(Character.toUpperCase(Character.forDigit((octet >> 4) & 0xf, 16)));
				encoded.append(Character.toUpperCase(Character.forDigit(octet & 0xf, 16)));
			}
		}
	}

	/**
	 * Returns the value of {@code Host} or {@code :authority}: with the port unless it is
	 * the scheme's own.
	 * @param target what the attempt aims at
	 * @return host and port
	 * @throws InvalidRequestException if the host has a character that no host has
	 */
	public static String authority(Target target) {
		if (!(target.address() instanceof Address.Host address)) {
			return NO_HOST;
		}
		String host = address.host();
		boolean literal = host.indexOf(':') >= 0;
		if (literal) {
			int zone = host.indexOf('%');
			host = "[" + ((zone < 0) ? host : host.substring(0, zone)) + "]";
		}
		else {
			host = ascii(host);
		}
		for (int i = 0; i < host.length(); i++) {
			char character = host.charAt(i);
			if (character <= ' ' || character >= 0x7f || "/?#@\\\",<>".indexOf(character) >= 0) {
				throw new InvalidRequestException("host has a character that is not allowed at " + i);
			}
		}
		return (address.port() == (target.tls() ? HTTPS_PORT : HTTP_PORT)) ? host : host + ":" + address.port();
	}

	private static String ascii(String host) {
		if (host.chars().allMatch((character) -> character < 0x80)) {
			return host;
		}
		try {
			return IDN.toASCII(host);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidRequestException("host is not an internationalized domain name: " + ex.getMessage());
		}
	}

}
