package io.securestreams.system.auth;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

import io.securestreams.engine.spi.Credentials;
import io.securestreams.engine.spi.UnsignedRequest;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.WebSocketPolicy;
import io.securestreams.policy.http.IdentityHeaders;

/**
 * Shows a token: in the header field that the policy names, else as RFC 6750 section 2.1
 * has it.
 */
final class BearerCredentials implements Credentials {

	private static final int FIRST_REDIRECT = 300;

	private final String name;

	private final String value;

	private final BooleanSupplier refused;

	private final Runnable accepted;

	/**
	 * Makes the credentials of a streamtype.
	 * @param token the token
	 * @param policy says how it is shown
	 * @param refused is told that the peer does not accept it; says whether there is
	 * another one
	 * @param accepted is told that the peer does
	 */
	BearerCredentials(byte[] token, StreamPolicy policy, BooleanSupplier refused, Runnable accepted) {
		IdentityHeaders headers = headers(policy);
		String header = headers.auth().strip();
		header = header.endsWith(":") ? header.substring(0, header.length() - 1).strip() : header;
		String text = headers.authHex() ? HexFormat.of().formatHex(token) : new String(token, StandardCharsets.UTF_8);
		this.name = header.isEmpty() ? "Authorization" : header;
		this.value = (header.isEmpty() ? "Bearer " : headers.authPreamble()) + text;
		this.refused = refused;
		this.accepted = accepted;
	}

	static IdentityHeaders headers(StreamPolicy policy) {
		if (policy.protocol() instanceof HttpPolicy http) {
			return http.headers();
		}
		return (policy.protocol() instanceof WebSocketPolicy socket) ? socket.handshake().headers()
				: IdentityHeaders.NONE;
	}

	@Override
	public void prove(UnsignedRequest request, BiConsumer<String, String> fields) {
		fields.accept(this.name, this.value);
	}

	@Override
	public boolean refused() {
		return this.refused.getAsBoolean();
	}

	@Override
	public void answered(int status) {
		if (status < FIRST_REDIRECT) {
			this.accepted.run();
		}
	}

	@Override
	public String toString() {
		return "BearerCredentials[***]";
	}

}
