package io.securestreams.transport.http;

import java.nio.charset.StandardCharsets;
import java.util.List;

import io.securestreams.engine.spi.MetadataAccess;
import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.transport.tls.PeerIdentity;
import org.jspecify.annotations.Nullable;

/**
 * What a server streamtype learns about a request: {@code method}, {@code path} (without
 * the query), {@code auth}, {@code peer_subject} and {@code peer_cert} (mutual TLS), the
 * declared request headers, and query arguments whose name is declared. Each only where
 * the policy declares it.
 * <p>
 * Query arguments fill mere symbols only: a declaration that is mapped to a header stands
 * for the header, and the first five names are ours, so that neither a URL nor a header
 * can pretend to be one of them. Of a repeated argument the first counts; values of
 * {@value #MAX_VALUE_LENGTH} bytes and more are left out.
 */
public final class RequestMetadata {

	/** From this length on, query arguments are ignored; bytes after decoding. */
	public static final int MAX_VALUE_LENGTH = 1024;

	private final List<MetadataDeclaration> declarations;

	private final int method;

	private final int path;

	private final int auth;

	private final int peerSubject;

	private final int peerCertificate;

	private final boolean hasSymbols;

	/** Only what remembers nothing is used of it. */
	private final MetadataHeaders headers;

	/**
	 * Makes the mapping of a streamtype; may be shared by all its streams.
	 * @param policy the server streamtype
	 */
	public RequestMetadata(StreamPolicy policy) {
		this.declarations = policy.metadata();
		this.method = indexOf("method");
		this.path = indexOf("path");
		this.auth = indexOf("auth");
		this.peerSubject = indexOf(PeerIdentity.SUBJECT);
		this.peerCertificate = indexOf(PeerIdentity.CERTIFICATE);
		boolean symbols = false;
		for (int i = 0; i < this.declarations.size(); i++) {
			symbols |= isSymbol(i);
		}
		this.hasSymbols = symbols;
		this.headers = new MetadataHeaders(policy);
	}

	/**
	 * Gives the header fields of the answer that the application has set.
	 * @param metadata the stream's metadata
	 * @param sink takes them
	 * @throws InvalidRequestException if a name or value must not be sent
	 */
	public void answer(MetadataAccess metadata, HeaderSink sink) {
		this.headers.forEachNow(metadata, sink);
	}

	/**
	 * Sets the metadata of a request.
	 * @param method request method
	 * @param pathAndQuery path with query, as received
	 * @param fields header fields of the request
	 * @param peer who the client is
	 * @param metadata the stream's metadata
	 */
	public void receive(String method, String pathAndQuery, ReceivedHeaders fields, PeerIdentity peer,
			MetadataAccess metadata) {
		this.headers.receive(fields, metadata);
		int query = pathAndQuery.indexOf('?');
		// Last, so that no header can pretend to be one of these
		own(this.method, method, metadata);
		own(this.path, (query < 0) ? pathAndQuery : pathAndQuery.substring(0, query), metadata);
		if (this.auth >= 0) {
			own(this.auth, fields.first("authorization"), metadata);
		}
		if (this.peerSubject >= 0) {
			own(this.peerSubject, peer.subject(), metadata);
		}
		if (this.peerCertificate >= 0) {
			own(this.peerCertificate, peer.pem(), metadata);
		}
		if (query >= 0 && this.hasSymbols) {
			receiveQuery(pathAndQuery, query + 1, metadata);
		}
	}

	private void own(int index, @Nullable String value, MetadataAccess metadata) {
		if (index >= 0) {
			metadata.receive(index, value);
		}
	}

	private void receiveQuery(String text, int from, MetadataAccess metadata) {
		boolean[] seen = new boolean[this.declarations.size()];
		int start = from;
		while (start < text.length()) {
			int end = text.indexOf('&', start);
			end = (end < 0) ? text.length() : end;
			int equals = text.indexOf('=', start);
			int nameEnd = (equals < 0 || equals > end) ? end : equals;
			int index = indexOf(decode(text, start, nameEnd));
			if (index >= 0 && isSymbol(index) && !seen[index]) {
				seen[index] = true;
				String value = decode(text, Math.min(nameEnd + 1, end), end);
				if (value.length() < MAX_VALUE_LENGTH
						&& value.getBytes(StandardCharsets.UTF_8).length < MAX_VALUE_LENGTH) {
					metadata.receive(index, value);
				}
			}
			start = end + 1;
		}
	}

	private boolean isSymbol(int index) {
		return index != this.method && index != this.path && index != this.auth && index != this.peerSubject
				&& index != this.peerCertificate && !this.declarations.get(index).isHeader();
	}

	private int indexOf(String name) {
		for (int i = 0; i < this.declarations.size(); i++) {
			if (this.declarations.get(i).name().equals(name)) {
				return i;
			}
		}
		return -1;
	}

	/** A percent sign that starts no escape stands for itself. */
	private static String decode(String text, int from, int to) {
		byte[] bytes = new byte[(to - from) * 3];
		int length = 0;
		boolean plain = true;
		for (int i = from; i < to; i++) {
			char character = text.charAt(i);
			if (character == '%' && i + 2 < to && Character.digit(text.charAt(i + 1), 16) >= 0
					&& Character.digit(text.charAt(i + 2), 16) >= 0) {
				bytes[length++] = (byte) Integer.parseInt(text, i + 1, i + 3, 16);
				i += 2;
				plain = false;
			}
			else if (character == '+') {
				bytes[length++] = ' ';
				plain = false;
			}
			else if (character < 0x80) {
				bytes[length++] = (byte) character;
			}
			else {
				for (byte octet : Character.toString(character).getBytes(StandardCharsets.UTF_8)) {
					bytes[length++] = octet;
				}
			}
		}
		return plain ? text.substring(from, to) : new String(bytes, 0, length, StandardCharsets.UTF_8);
	}

}
