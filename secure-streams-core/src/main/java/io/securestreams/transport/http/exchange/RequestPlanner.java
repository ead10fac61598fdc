package io.securestreams.transport.http.exchange;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.http.HttpToken;
import io.securestreams.transport.http.FieldRules;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.IdentityFields;
import io.securestreams.transport.http.InvalidRequestException;
import io.securestreams.transport.http.MetadataHeaders;
import io.securestreams.transport.http.RequestAuthentication;
import io.securestreams.transport.http.RequestBody;
import io.securestreams.transport.http.RequestBody.Framing;
import io.securestreams.transport.http.RequestPaths;
import io.securestreams.transport.http.RequestRoute;
import io.securestreams.transport.http.cookie.CookieStore;
import io.securestreams.transport.http.multipart.MultipartFraming;
import org.jspecify.annotations.Nullable;

/**
 * Plans one stream's requests as policy, metadata and blobs are at the time. The first
 * request of an attempt is planned anew only if something has changed.
 */
final class RequestPlanner {

	private static final String FORM = "application/x-www-form-urlencoded";

	private final StreamLink link;

	private final HttpPolicy policy;

	private final MetadataHeaders metadata;

	private final IdentityFields identity;

	private final @Nullable CookieStore cookies;

	private final boolean multipart;

	private final String authHeader;

	private final RequestAuthentication authentication;

	private final int maxBody;

	private @Nullable RequestPlan kept;

	/** What the kept plan is proved with. */
	private @Nullable Object keptFor;

	RequestPlanner(StreamLink link, HttpPolicy policy, HttpServices services, RequestAuthentication authentication) {
		if (!HttpToken.isToken(policy.method()) || policy.method().equals("CONNECT")) {
			throw new IllegalArgumentException("http_method: \"" + policy.method() + "\" (expected: a request method)");
		}
		this.link = link;
		this.policy = policy;
		this.metadata = new MetadataHeaders(link.policy());
		this.identity = new IdentityFields(policy.headers(), services.blobs());
		this.cookies = policy.cookies() ? services.cookies() : null;
		this.multipart = policy.body().multipart().isEnabled();
		this.authHeader = FieldRules.nameOf(policy.headers().auth());
		this.authentication = authentication;
		this.maxBody = services.limits().maxRepeatableBody();
	}

	/** The stream's metadata as header fields. */
	MetadataHeaders metadata() {
		return this.metadata;
	}

	/**
	 * Plans the first request of an attempt.
	 * @param target what the attempt aims at
	 * @param whole its body if that is known, else {@code null}
	 * @throws InvalidRequestException if it must not be sent
	 */
	@SuppressWarnings("ReferenceEquality")
	RequestPlan first(Target target, @Nullable ByteBuf whole) {
		boolean changed = this.metadata.refresh(this.link.metadata());
		RequestBody body = body(this.policy.method(), whole);
		RequestPlan last = this.kept;
		// A boundary is used once; cookies come and go behind our back
		if (last != null && !changed && target == last.route().target() && body.equals(last.body())
				&& !this.identity.isChanged() && this.cookies == null && !this.multipart
				&& this.authentication.isRepeatable() && this.authentication.identity() == this.keptFor) {
			return last;
		}
		this.kept = null;
		RequestPlan next = plan(RequestRoute.first(target, this.policy.method()), body, whole);
		this.kept = next;
		this.keptFor = this.authentication.identity();
		return next;
	}

	/**
	 * Plans the request that a redirect leads to.
	 * @param route where it goes
	 * @param whole its body if that is known, else {@code null}
	 * @throws InvalidRequestException if it must not be sent
	 */
	RequestPlan redirected(RequestRoute route, @Nullable ByteBuf whole) {
		this.metadata.refresh(this.link.metadata());
		return plan(route, bodyOf(route, whole), route.withBody() ? whole : null);
	}

	/**
	 * Whether the body has to be known before the request can be planned.
	 * @param route where it goes
	 * @return how it is announced, or {@code null} if it need not be known
	 * @throws InvalidRequestException if it must not be sent
	 */
	@Nullable RequestBody bodyToKnow(RequestRoute route) {
		if (this.authentication.isRepeatable()) {
			return null;
		}
		// The plan, which comes next, is another one for each request
		this.kept = null;
		this.metadata.refresh(this.link.metadata());
		RequestBody body = bodyOf(route, null);
		FromMetadata from = new FromMetadata(route, body, false);
		this.metadata.forEach(this.link.metadata(), from::field);
		if (!this.authentication.needsBody(route, entries(from.fields), body, this.maxBody)) {
			return null;
		}
		if (this.multipart) {
			throw new InvalidRequestException("multipart body cannot be signed (expected: another body)");
		}
		return body;
	}

	private RequestBody bodyOf(RequestRoute route, @Nullable ByteBuf whole) {
		return route.withBody() ? body(route.method(), whole)
				: RequestBody.of("GET", this.policy.body(), false, -1, null);
	}

	/** What is known from start to end has a length, unless the policy says otherwise. */
	private RequestBody body(String method, @Nullable ByteBuf whole) {
		if (whole != null && !this.policy.body().noContentLength() && RequestBody.isPayloadMethod(method)) {
			return new RequestBody(Framing.LENGTH, whole.readableBytes(), true);
		}
		return RequestBody.of(method, this.policy.body(), this.link.txRequested(), this.link.txLength(),
				this.metadata.own("content-length"));
	}

	private RequestPlan plan(RequestRoute route, RequestBody body, @Nullable ByteBuf whole) {
		String path = RequestPaths.path(route.target(), this.policy.url(), this.link.metadata());
		MultipartFraming framing = (body.slots() && this.multipart) ? new MultipartFraming() : null;
		FromMetadata from = new FromMetadata(route, body, framing != null);
		this.metadata.forEach(this.link.metadata(), from::field);
		List<RequestField> fields = new ArrayList<>(from.fields.size() + 2);
		if (framing != null) {
			fields.add(new RequestField("Content-Type", framing.contentType(), false));
		}
		else if (this.policy.body().formUrlEncoded() && body.framing() != Framing.NONE && !from.hasContentType) {
			fields.add(new RequestField("Content-Type", FORM, false));
		}
		if (route.credentials()) {
			String value = (this.cookies != null)
					? RequestOrigin.cookies(this.cookies, route.target(), path, this.link.executor().epochMillis())
					: null;
			if (value != null) {
				fields.add(new RequestField("Cookie", value, true));
			}
			this.identity.forEach((name, text) -> fields.add(new RequestField(name, text, isSensitive(name))));
		}
		fields.addAll(from.fields);
		String authority = (from.host != null) ? from.host : RequestPaths.authority(route.target());
		if (this.authentication.isNeeded()) {
			prove(route, authority, path, fields, body, whole);
		}
		return new RequestPlan(route, authority, path, List.copyOf(fields), body, framing, from.expects);
	}

	private void prove(RequestRoute route, String authority, String path, List<RequestField> fields, RequestBody body,
			@Nullable ByteBuf whole) {
		ByteBuf known = (whole != null) ? whole : body.slots() ? null : Unpooled.EMPTY_BUFFER;
		List<RequestField> proofs = new ArrayList<>();
		this.authentication.prove(route, authority, path, entries(fields), (known != null) ? sha256(known) : null,
				(name, value) -> proofs.add(new RequestField(name, value, true)));
		fields.removeIf((field) -> proofs.stream().anyMatch((proof) -> proof.name().equalsIgnoreCase(field.name())));
		fields.addAll(proofs);
	}

	private static List<Map.Entry<String, String>> entries(List<RequestField> fields) {
		List<Map.Entry<String, String>> entries = new ArrayList<>(fields.size());
		fields.forEach((field) -> entries.add(Map.entry(field.name(), field.value())));
		return entries;
	}

	private static byte[] sha256(ByteBuf body) {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			digest.update(body.nioBuffer());
			return digest.digest();
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private boolean isSensitive(String name) {
		return name.equalsIgnoreCase(this.authHeader) || FieldRules.isCredential(name);
	}

	/**
	 * The fields of metadata, those left out that are decided otherwise.
	 */
	private final class FromMetadata {

		private final RequestRoute route;

		private final RequestBody body;

		private final boolean parts;

		private final List<RequestField> fields = new ArrayList<>();

		private @Nullable String host;

		private boolean hasContentType;

		private boolean expects;

		FromMetadata(RequestRoute route, RequestBody body, boolean parts) {
			this.route = route;
			this.body = body;
			this.parts = parts;
		}

		void field(String name, String value) {
			switch (name.toLowerCase(Locale.ROOT)) {
				case "content-length" -> {
					// Framing is ours
					return;
				}
				case "transfer-encoding" -> throw new InvalidRequestException(
						"metadata for transfer-encoding (expected: http_no_content_length)");
				case "host" -> {
					// Another origin has a name of its own
					this.host = this.route.credentials() ? value : this.host;
					return;
				}
				case "content-type" -> {
					if (this.parts) {
						return;
					}
					this.hasContentType = true;
				}
				case "expect" -> {
					boolean expect = FieldRules.isExpectContinue(name, value);
					if (expect && !this.body.slots()) {
						// RFC 9110 section 10.1.1: not without content
						return;
					}
					this.expects |= expect;
				}
				default -> {
				}
			}
			if (this.route.credentials() || FieldRules.isHarmless(name)) {
				this.fields.add(new RequestField(name, value, isSensitive(name)));
			}
		}

	}

}
