package io.securestreams.endurance;

import java.nio.charset.StandardCharsets;
import java.util.List;

import io.netty.buffer.Unpooled;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.Target;
import io.securestreams.limits.CookieLimits;
import io.securestreams.engine.spi.Address;
import io.securestreams.policy.Template;
import io.securestreams.policy.json.PolicyException;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.transport.http.RequestPaths;
import io.securestreams.transport.http.RequestTarget;
import io.securestreams.testing.TestMetadata;
import io.securestreams.transport.http.cookie.CookieStore;
import io.securestreams.transport.http.multipart.MultipartSplitter;
import io.securestreams.transport.websocket.frame.DeflateExtension;
import io.securestreams.transport.websocket.frame.ExtensionHeader;
import io.securestreams.transport.websocket.frame.WebSocketViolation;

/**
 * Parsers of texts: the policy, and values of HTTP header fields.
 */
final class TextTargets {

	private static final String POLICY = """
			{ "release": "1", "product": "p", "schema-version": 1,
			  "retry": [ { "default": { "backoff": [ 1000, 2000 ], "conceal": 5, "jitterpc": 20, "svalidping": 30 } } ],
			  "certs": [ { "a": "MIIB" } ], "trust_stores": [ { "name": "t", "stack": [ "a" ] } ],
			  "metrics": [ ],
			  "s": [ /* one */ { "one": { "endpoint": "a${x}.example.com", "port": 443, "protocol": "h1",
			    "http_method": "POST", "http_url": "p/${x}?y=${y}", "tls": true, "retry": "default",
			    "metadata": [ { "x": "" }, { "y": "x-y:" } ], "http_resp_map": { "530": 1530 },
			    "ws_subprotocol": "s", "opportunistic": true, } },
			    { "two": { "server": true, "protocol": "ws", "endpoint": "!eth0", "port": 1 } } ] }
			""";

	private TextTargets() {
	}

	static List<FuzzTarget> all() {
		return List.of(
				new FuzzTarget("policy", FuzzTarget.octets(POLICY, "{ \"s\": [] }"), false,
						(pieces, allocator, trace) -> policy(FuzzTarget.join(pieces))),
				FuzzTarget.ofText("cookie", TextTargets::cookie,
						"id=a3f; Expires=Wed, 21 Oct 2065 07:28:00 GMT; Path=/x; Secure; HttpOnly",
						"__Host-a=\"b c\"; max-age=100; path=/; secure", "x=y; Domain=.example.com; SameSite=Lax"),
				FuzzTarget.ofText("target", TextTargets::target, "/a/b/../c/./d?q=1&r=%20", "/%41%2e/x%2Fy//z;p=1?",
						"/", "*", "http://example.com/p"),
				FuzzTarget.ofText("template", TextTargets::template, "a/${name}/b?x=${y}${z}", "${a}", "plain"),
				FuzzTarget.ofText("extensions", TextTargets::extensions,
						"permessage-deflate; client_max_window_bits=15; server_no_context_takeover, x; y=\"z\\\"\"",
						"permessage-deflate"),
				FuzzTarget.ofText("boundary", (text, trace) -> MultipartSplitter.boundary(text),
						"multipart/form-data; charset=x; boundary=\"a b\"",
						"multipart/related;boundary=q;type=\"t\\\"\""),
				FuzzTarget.ofPieces("multipart",
						FuzzTarget.octets(
								"pre\r\n--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--Xy\r"
										+ "\r\n--XyZ \r\nContent-Type: x/y\r\n\r\ntwo\r\n--XyZ--\r\nepilogue",
								"--XyZ\r\n\r\n--XyZ--"),
						TextTargets::multipart));
	}

	private static void policy(byte[] utf8) {
		try {
			PolicyJson.read(utf8, "fuzz");
		}
		catch (PolicyException ex) {
			// What it is documented to throw
		}
	}

	private static void cookie(String text, FuzzTarget.Trace trace) {
		CookieStore store = new CookieStore(CookieLimits.DEFAULTS);
		store.store("www.example.com", true, "/x/y", text, 1_000);
		String header = store.header("www.example.com", true, "/x/y", 2_000);
		if (header != null) {
			require(header.chars().noneMatch((c) -> c == '\r' || c == '\n' || c == 0), "a cookie that ends the field");
		}
	}

	private static void target(String text, FuzzTarget.Trace trace) {
		String normal = RequestTarget.normalize(text);
		if (normal != null) {
			require(normal.equals(RequestTarget.normalize(normal)), "normalised twice it differs: " + normal);
			String path = normal.substring(0, (normal.indexOf('?') < 0) ? normal.length() : normal.indexOf('?'));
			require(!text.startsWith("/") || !(path + "/").contains("/../"), "still goes up: " + normal);
		}
		try {
			Target target = new Target(new Address.Host("example.com", 80), false, text);
			String path = RequestPaths.path(target, Template.parse(""), new TestMetadata(List.of()));
			require(path.startsWith("/") && path.chars().allMatch((c) -> c > ' ' && c < 0x7f), "no path: " + path);
		}
		catch (io.securestreams.transport.http.InvalidRequestException ex) {
			// What it is documented to throw
		}
	}

	private static void template(String text, FuzzTarget.Trace trace) {
		try {
			Template.parse(text).expand((name) -> (name.length() > 3) ? null : name);
		}
		catch (IllegalArgumentException ex) {
			require(String.valueOf(ex.getMessage()).length() < 500, "a message of unbounded length");
		}
	}

	private static void extensions(String text, FuzzTarget.Trace trace) {
		List<ExtensionHeader> offers = ExtensionHeader.parse(List.of(text));
		if (offers != null) {
			DeflateExtension.choose(offers);
		}
		try {
			DeflateExtension.agreed(List.of(text), true);
		}
		catch (WebSocketViolation ex) {
			trace.event(ex.closeCode());
		}
	}

	private static void multipart(List<byte[]> pieces, io.netty.buffer.ByteBufAllocator allocator,
			FuzzTarget.Trace trace) {
		MultipartSplitter splitter = new MultipartSplitter("XyZ", (data, flags) -> {
			trace.payload(data);
			if ((flags & PayloadFlags.EOM) != 0) {
				trace.end();
			}
		});
		try {
			pieces.forEach((piece) -> splitter.feed(Unpooled.wrappedBuffer(piece)));
			trace.event(splitter.isComplete());
		}
		catch (IllegalArgumentException ex) {
			trace.event("violation");
		}
	}

	static void require(boolean holds, String otherwise) {
		if (!holds) {
			throw new AssertionError(otherwise.getBytes(StandardCharsets.UTF_8).length > 2000
					? otherwise.substring(0, 1000) : otherwise);
		}
	}

}
