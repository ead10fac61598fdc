package io.securestreams.transport.http2.client;

import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.HttpToken;
import io.securestreams.policy.TrafficClass;
import io.securestreams.transport.http.CookieStore;
import io.securestreams.transport.http.FieldRules;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.IdentityFields;
import io.securestreams.transport.http.InvalidRequestException;
import io.securestreams.transport.http.MetadataHeaders;
import io.securestreams.transport.http.MultipartFraming;
import io.securestreams.transport.http.RequestBody;
import io.securestreams.transport.http.RequestPaths;
import io.securestreams.transport.http.RequestRoute;
import io.securestreams.transport.http2.frame.HeaderBlock;

/**
 * The heads of one stream's requests (RFC 9113 section 8.3.1), encoded once and kept
 * while neither target nor metadata nor body change.
 */
final class RequestHeads {

	/** RFC 9113 section 8.2.2; host and length are written from what is known better. */
	static final Set<String> NOT_SENT = Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding",
			"upgrade", "te", "host", "content-length");

	private static final String FORM = "application/x-www-form-urlencoded";

	private final StreamLink link;

	private final HttpPolicy policy;

	private final MetadataHeaders metadata;

	private final IdentityFields identity;

	private final @Nullable CookieStore cookies;

	private final boolean multipart;

	private final String authHeader;

	private final String priority;

	private final int credit;

	private @Nullable RequestHead kept;

	private boolean expects;

	RequestHeads(StreamLink link, HttpPolicy policy, MetadataHeaders metadata, HttpServices services, int credit) {
		if (!HttpToken.isToken(policy.method()) || policy.method().equals("CONNECT")) {
			throw new IllegalArgumentException("http_method: \"" + policy.method() + "\" (expected: a request method)");
		}
		this.link = link;
		this.policy = policy;
		this.metadata = metadata;
		this.identity = new IdentityFields(policy.headers(), services.blobs());
		this.cookies = policy.cookies() ? services.cookies() : null;
		this.multipart = policy.body().multipart().isEnabled();
		this.authHeader = FieldRules.nameOf(policy.headers().auth()).toLowerCase(Locale.ROOT);
		this.priority = priority(link.policy().trafficClass());
		this.credit = credit;
	}

	/**
	 * Makes the first request of an attempt as policy and metadata are now.
	 * @param target what the attempt aims at
	 * @return the head
	 * @throws InvalidRequestException if it may not be sent
	 */
	RequestHead first(Target target) {
		boolean changed = this.metadata.refresh(this.link.metadata());
		RequestBody body = body(this.policy.method());
		RequestHead kept = this.kept;
		if (kept != null && !changed && target == kept.route().target() && body.equals(kept.body())
				&& !this.identity.isChanged() && this.cookies == null && !this.multipart) {
			return kept;
		}
		this.kept = null;
		RequestHead head = make(RequestRoute.first(target, this.policy.method()), body);
		this.kept = head;
		return head;
	}

	/**
	 * Makes the request that a redirect leads to.
	 * @param route where it goes
	 * @return the head
	 * @throws InvalidRequestException if it may not be sent
	 */
	RequestHead redirected(RequestRoute route) {
		return make(route,
				route.withBody() ? body(route.method()) : RequestBody.of("GET", this.policy.body(), false, -1, null));
	}

	private RequestBody body(String method) {
		return RequestBody.of(method, this.policy.body(), this.link.txRequested(), this.link.txLength(),
				this.metadata.own("content-length"));
	}

	private RequestHead make(RequestRoute route, RequestBody body) {
		String path = RequestPaths.path(route.target(), this.policy.url(), this.link.metadata());
		MultipartFraming framing = (body.slots() && this.multipart) ? new MultipartFraming() : null;
		boolean lateEnd = this.policy.http2().longPoll() && !this.policy.http2().endStreamQuirk();
		Http2Request request = new Http2Request(block(route, path, body, framing), !body.slots() && !lateEnd,
				route.method().equals("HEAD"), false, this.credit);
		return new RequestHead(route, path, body, framing, this.expects, request);
	}

	private byte[] block(RequestRoute route, String path, RequestBody body, @Nullable MultipartFraming framing) {
		this.expects = false;
		HeaderBlock block = new HeaderBlock();
		block.add(":method", route.method());
		block.add(":scheme", route.target().tls() ? "https" : "http");
		String host = this.metadata.own("host");
		block.add(":authority", (host != null && route.hops() == 0) ? host : RequestPaths.authority(route.target()));
		block.add(":path", path);
		if (framing != null) {
			block.add("content-type", framing.contentType());
		}
		else if (this.policy.body().formUrlEncoded() && body.framing() != RequestBody.Framing.NONE
				&& this.metadata.own("content-type") == null) {
			block.add("content-type", FORM);
		}
		if (route.credentials()) {
			cookie(block, route.target(), path);
			this.identity.forEach((name, value) -> field(block, name, value, true));
		}
		this.metadata.forEach(this.link.metadata(), (name, value) -> {
			boolean expect = FieldRules.isExpectContinue(name, value);
			this.expects |= expect && body.slots();
			// RFC 9110 section 10.1.1: not without content
			if ((framing == null || !name.equalsIgnoreCase("content-type")) && (!expect || body.slots())) {
				field(block, name, value, route.credentials());
			}
		});
		if (body.framing() == RequestBody.Framing.LENGTH) {
			block.add("content-length", Long.toString(body.length()));
		}
		if (!this.priority.isEmpty() && this.metadata.own("priority") == null) {
			block.add("priority", this.priority);
		}
		return block.toByteArray();
	}

	private void field(HeaderBlock block, String name, String value, boolean credentials) {
		String lower = name.toLowerCase(Locale.ROOT);
		if (NOT_SENT.contains(lower)) {
			return;
		}
		if (!lower.equals(this.authHeader) && !FieldRules.isCredential(lower)) {
			block.add(lower, value);
		}
		else if (credentials) {
			block.addSensitive(lower, value);
		}
	}

	private void cookie(HeaderBlock block, Target target, String path) {
		if (this.cookies != null && target.address() instanceof Address.Host host) {
			String value = this.cookies.header(host.host(), target.tls(), path, this.link.executor().epochMillis());
			if (value != null) {
				FieldRules.check("cookie", value);
				block.addSensitive("cookie", value);
			}
		}
	}

	/**
	 * Returns the urgency of RFC 9218: 3, the default, is not sent; {@code attr_priority}
	 * 1 and 2 mean 2, 3 to 5 mean 1, 6 and 7 mean 0, {@code attr_low_latency} alone means
	 * 2.
	 */
	static String priority(TrafficClass trafficClass) {
		return switch (trafficClass.priority()) {
			case 0 -> trafficClass.lowLatency() ? "u=2" : "";
			case 1, 2 -> "u=2";
			case 3, 4, 5 -> "u=1";
			default -> "u=0";
		};
	}

	/**
	 * A request that is ready to be sent.
	 *
	 * @param route where it goes
	 * @param path path and query
	 * @param body how its body is framed
	 * @param multipart what its parts are framed with, or {@code null}
	 * @param expects whether the body waits for 100 (Continue)
	 * @param request the encoded form
	 */
	record RequestHead(RequestRoute route, String path, RequestBody body, @Nullable MultipartFraming multipart,
			boolean expects, Http2Request request) {
	}

}
