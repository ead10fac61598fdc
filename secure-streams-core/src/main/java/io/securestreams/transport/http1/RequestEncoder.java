package io.securestreams.transport.http1;

import java.util.Locale;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.HttpToken;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.transport.http.FieldRules;
import io.securestreams.transport.http.HeaderSink;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.IdentityFields;
import io.securestreams.transport.http.InvalidRequestException;
import io.securestreams.transport.http.MetadataHeaders;
import io.securestreams.transport.http.MultipartFraming;
import io.securestreams.transport.http.RequestBody;
import io.securestreams.transport.http.RequestBody.Framing;
import io.securestreams.transport.http.RequestPaths;
import io.securestreams.transport.http.RequestRoute;
import org.jspecify.annotations.Nullable;

/**
 * Makes the heads of one stream's requests. A head is kept as bytes and used again while
 * nothing it is made of has changed.
 */
final class RequestEncoder implements HeaderSink {

	private static final RequestBody NO_BODY = new RequestBody(Framing.NONE, -1, false);

	private static final byte[] NOTHING = new byte[0];

	private final HttpPolicy http;

	private final HttpServices services;

	private final MetadataHeaders headers;

	private final IdentityFields identity;

	private final String authHeader;

	private final boolean cacheable;

	private @Nullable RequestRoute route;

	private RequestBody body = NO_BODY;

	private String path = "/";

	private byte[] head = NOTHING;

	private @Nullable MultipartFraming multipart;

	/** State while a head is written. */
	private ByteBuf out = Unpooled.EMPTY_BUFFER;

	private boolean hasHost;

	private boolean hasContentType;

	private boolean closes;

	private boolean expects;

	private boolean credentials;

	RequestEncoder(StreamPolicy policy, HttpPolicy http, HttpServices services) {
		this.http = http;
		this.services = services;
		this.headers = new MetadataHeaders(policy);
		this.identity = new IdentityFields(http.headers(), services.blobs());
		this.authHeader = FieldRules.nameOf(http.headers().auth());
		// A boundary is used once; cookies come and go behind our back
		this.cacheable = !http.body().multipart().isEnabled() && !http.cookies();
		if (!HttpToken.isToken(http.method()) || http.method().equals("CONNECT")) {
			throw new IllegalArgumentException("http_method: \"" + http.method() + "\" (expected: a request method)");
		}
	}

	/**
	 * Makes the head of the next request, unless it is ready.
	 * @param link the stream
	 * @param next where the request goes
	 * @throws InvalidRequestException if it must not be sent
	 */
	void prepare(StreamLink link, RequestRoute next) {
		boolean changed = this.headers.refresh(link.metadata());
		RequestBody nextBody = next.withBody() ? RequestBody.of(next.method(), this.http.body(), link.txRequested(),
				link.txLength(), this.headers.own("content-length")) : NO_BODY;
		if (!changed && this.cacheable && isSame(next) && nextBody.equals(this.body) && !this.identity.isChanged()) {
			return;
		}
		this.route = null;
		this.body = nextBody;
		this.path = RequestPaths.path(next.target(), this.http.url(), link.metadata());
		ByteBuf buffer = Unpooled.buffer(512);
		this.out = buffer;
		try {
			encode(link, next);
		}
		finally {
			this.out = Unpooled.EMPTY_BUFFER;
		}
		this.head = ByteBufUtil.getBytes(buffer);
		this.route = next;
	}

	@SuppressWarnings("ReferenceEquality")
	private boolean isSame(RequestRoute next) {
		return this.route == next;
	}

	private void encode(StreamLink link, RequestRoute next) {
		Target target = next.target();
		this.hasHost = false;
		this.hasContentType = false;
		this.closes = false;
		this.expects = false;
		this.credentials = next.credentials();
		this.multipart = (this.body.slots() && this.http.body().multipart().isEnabled()) ? new MultipartFraming()
				: null;
		ascii(next.method());
		this.out.writeByte(' ');
		ascii(this.path);
		ascii(" HTTP/1.1\r\n");
		// Before the others, for a metadata value replaces ours
		int hostAt = this.out.writerIndex();
		this.headers.forEach(link.metadata(), this);
		ByteBuf metadata = Unpooled.copiedBuffer(this.out.slice(hostAt, this.out.writerIndex() - hostAt));
		this.out.writerIndex(hostAt);
		if (!this.hasHost) {
			line("Host", RequestPaths.authority(target));
		}
		if (this.multipart != null) {
			line("Content-Type", this.multipart.contentType());
		}
		else if (this.http.body().formUrlEncoded() && this.body.framing() != Framing.NONE && !this.hasContentType) {
			line("Content-Type", "application/x-www-form-urlencoded");
		}
		if (this.credentials) {
			cookies(target, link.executor().epochMillis());
			this.identity.forEach(this);
		}
		this.out.writeBytes(metadata);
		switch (this.body.framing()) {
			case LENGTH -> line("Content-Length", Long.toString(this.body.length()));
			case STREAM -> line("Transfer-Encoding", "chunked");
			case NONE -> {
			}
		}
		this.out.writeByte('\r').writeByte('\n');
	}

	private void cookies(Target target, long now) {
		if (this.http.cookies() && target.address() instanceof Address.Host host) {
			String value = this.services.cookies().header(host.host(), target.tls(), this.path, now);
			if (value != null) {
				FieldRules.check("Cookie", value);
				line("Cookie", value);
			}
		}
	}

	@Override
	public void field(String name, String value) {
		switch (name.toLowerCase(Locale.ROOT)) {
			case "content-length" -> {
				// Framing is ours
				return;
			}
			case "transfer-encoding" ->
				throw new InvalidRequestException("metadata for transfer-encoding (expected: http_no_content_length)");
			case "expect" -> {
				if (FieldRules.isExpectContinue(name, value)) {
					if (!this.body.slots()) {
						// RFC 9110 section 10.1.1: not without content
						return;
					}
					this.expects = true;
				}
			}
			case "host" -> this.hasHost = true;
			case "content-type" -> {
				if (this.multipart != null) {
					return;
				}
				this.hasContentType = true;
			}
			case "connection" -> this.closes |= value.toLowerCase(Locale.ROOT).contains("close");
			default -> {
			}
		}
		if (this.credentials || !(FieldRules.isCredential(name) || name.equalsIgnoreCase(this.authHeader))) {
			line(name, value);
		}
	}

	private void line(String name, String value) {
		ascii(name);
		this.out.writeByte(':').writeByte(' ');
		ByteBufUtil.writeUtf8(this.out, value);
		this.out.writeByte('\r').writeByte('\n');
	}

	private void ascii(String text) {
		ByteBufUtil.writeAscii(this.out, text);
	}

	/** Copies the head into a buffer that can be written. */
	ByteBuf head(ByteBufAllocator allocator) {
		return allocator.directBuffer(this.head.length).writeBytes(this.head);
	}

	RequestBody body() {
		return this.body;
	}

	String path() {
		return this.path;
	}

	MetadataHeaders headers() {
		return this.headers;
	}

	@Nullable MultipartFraming multipart() {
		return this.multipart;
	}

	/** Whether the body waits for 100 (Continue). */
	boolean expects() {
		return this.expects;
	}

	/** Whether the request itself says that the connection ends with it. */
	boolean closes() {
		return this.closes;
	}

}
