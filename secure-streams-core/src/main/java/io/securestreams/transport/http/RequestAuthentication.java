package io.securestreams.transport.http;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.securestreams.engine.spi.CredentialSource;
import io.securestreams.engine.spi.CredentialSource.Authenticator;
import io.securestreams.engine.spi.CredentialSource.Waiting;
import io.securestreams.engine.spi.Credentials;
import io.securestreams.engine.spi.Credentials.BodyUse;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.UnsignedRequest;
import org.jspecify.annotations.Nullable;

/**
 * How one client stream's requests prove who sends them, where the policy wants that
 * ({@code use_auth}): asks for credentials before each attempt, and once more if the peer
 * does not accept them. Lives on the stream's executor.
 */
public final class RequestAuthentication {

	private final StreamLink link;

	private final @Nullable Authenticator authenticator;

	private @Nullable Credentials credentials;

	private @Nullable Waiting waiting;

	/** Numbers what has been asked for; an answer to an older one is late. */
	private int asked;

	/** Whether the peer has refused credentials in this attempt. */
	private boolean renewed;

	/**
	 * Makes the authentication of a stream.
	 * @param link the stream
	 * @param source where credentials come from
	 */
	public RequestAuthentication(StreamLink link, CredentialSource source) {
		this.link = link;
		this.authenticator = source.find(link.policy());
	}

	/**
	 * Whether requests have to be proved.
	 * @return {@code false} if they go out as they are
	 */
	public boolean isNeeded() {
		return this.authenticator != null;
	}

	/**
	 * An attempt starts: asks for credentials if they are needed.
	 * @param then what needs them, possibly called before this returns
	 * @param denied is told why there are none
	 */
	public void begin(Runnable then, Consumer<String> denied) {
		this.renewed = false;
		acquire(then, denied);
	}

	/**
	 * Asks for credentials, if they are needed.
	 * @param then what needs them, possibly called before this returns
	 * @param denied is told why there are none
	 */
	public void acquire(Runnable then, Consumer<String> denied) {
		cancel();
		Authenticator needed = this.authenticator;
		if (needed == null) {
			then.run();
			return;
		}
		int number = this.asked;
		Waiting pending = needed.acquire(this.link.executor(), new CredentialSource.Requester() {

			@Override
			public void granted(Credentials granted) {
				if (RequestAuthentication.this.asked == number) {
					RequestAuthentication.this.asked++;
					RequestAuthentication.this.credentials = granted;
					then.run();
				}
			}

			@Override
			public void denied(String reason) {
				if (RequestAuthentication.this.asked == number) {
					RequestAuthentication.this.asked++;
					denied.accept(reason);
				}
			}

		});
		this.waiting = (this.asked == number) ? pending : null;
	}

	/** The attempt is over, or was never begun: nobody waits for credentials. */
	public void cancel() {
		Waiting pending = this.waiting;
		this.waiting = null;
		this.credentials = null;
		this.asked++;
		if (pending != null) {
			pending.cancel();
		}
	}

	/**
	 * The peer does not accept the credentials (401).
	 * @return whether it is worth while to ask for others, and try with them: once per
	 * attempt
	 */
	public boolean mayRenew() {
		Credentials current = this.credentials;
		boolean others = current != null && current.refused() && !this.renewed;
		this.renewed = true;
		return others;
	}

	/**
	 * The peer has answered a request that was proved.
	 * @param status another one than 401
	 */
	public void answered(int status) {
		Credentials current = this.credentials;
		if (current != null) {
			current.answered(status);
		}
	}

	/**
	 * Whether requests that are alike may be sent alike.
	 * @return {@code false} if each is proved in its own way
	 */
	public boolean isRepeatable() {
		return this.credentials == null || !this.credentials.isForOneRequest();
	}

	/**
	 * Returns what stands for the credentials of this attempt.
	 * @return the same object for the same credentials, {@code null} for none
	 */
	public @Nullable Object identity() {
		return this.credentials;
	}

	/**
	 * Whether the whole body has to be known before the head is sent.
	 * @param route where the request goes
	 * @param fields its header fields, by name
	 * @param framing how the body is framed
	 * @param limit most bytes that can be kept
	 * @return {@code true} if the body is to be collected
	 * @throws InvalidRequestException if the request cannot be proved
	 */
	public boolean needsBody(RequestRoute route, List<Map.Entry<String, String>> fields, RequestBody framing,
			int limit) {
		Credentials current = this.credentials;
		if (current == null || !route.credentials() || !framing.slots()) {
			return false;
		}
		try {
			BodyUse use = current.bodyUse(request(route, "", "", fields, null));
			boolean isShort = framing.length() >= 0 && framing.length() <= limit;
			return use == BodyUse.ALL || (use == BodyUse.IF_SHORT && isShort);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidRequestException(String.valueOf(ex.getMessage()));
		}
	}

	/**
	 * Gives the fields that prove a request.
	 * @param route where it goes
	 * @param authority value of {@code Host}
	 * @param path path and query
	 * @param fields its other header fields, by name
	 * @param body SHA-256 of its body, or {@code null} if that is not known
	 * @param sink takes them; they replace others of the same name
	 * @throws InvalidRequestException if the request cannot be proved
	 */
	public void prove(RequestRoute route, String authority, String path, List<Map.Entry<String, String>> fields,
			byte @Nullable [] body, HeaderSink sink) {
		if (this.authenticator == null || !route.credentials()) {
			return;
		}
		Credentials current = this.credentials;
		if (current == null) {
			// Never without
			throw new InvalidRequestException("there are no credentials");
		}
		try {
			current.prove(request(route, authority, path, fields, body), (name, value) -> {
				FieldRules.check(name, value);
				sink.field(name, value);
			});
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidRequestException(String.valueOf(ex.getMessage()));
		}
	}

	private UnsignedRequest request(RequestRoute route, String authority, String path,
			List<Map.Entry<String, String>> fields, byte @Nullable [] body) {
		return new UnsignedRequest(route.method(), route.target().tls(), authority, path, fields, body,
				this.link.metadata(), this.link.executor().epochMillis());
	}

}
