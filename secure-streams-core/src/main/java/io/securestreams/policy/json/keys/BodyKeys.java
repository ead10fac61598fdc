package io.securestreams.policy.json.keys;

import java.util.function.Function;

import io.securestreams.policy.http.HttpBody;
import io.securestreams.policy.json.table.Draft;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.table.KeyRow.Finder;
import io.securestreams.policy.json.table.Scope;
import io.securestreams.policy.json.table.Theme;

/**
 * How bodies of HTTP are written and read.
 */
public final class BodyKeys {

	static final Theme THEME = new Theme("HTTP bodies", "How bodies are framed, and what they are made of.");

	static final Key<Boolean> HTTP_NO_CONTENT_LENGTH = THEME.flag("http_no_content_length", Scope.HTTP)
		.from(body(HttpBody::noContentLength))
		.says("Whether content-length is left out; the body is chunked on HTTP/1.1.");

	public static final Key<Boolean> HTTP_WWW_FORM_URLENCODED = THEME
		.flag("http_www_form_urlencoded", Scope.HTTP_CLIENT)
		.from(body(HttpBody::formUrlEncoded))
		.more("The key sets the content type; the application encodes the body.")
		.says("Whether the body is application/x-www-form-urlencoded.");

	public static final Key<String> HTTP_MULTIPART_NAME = THEME.text("http_multipart_name", Scope.HTTP)
		.from(multipart(HttpBody.Multipart::name))
		.example("\"http_method\": \"POST\", \"http_multipart_name\": \"file\", "
				+ "\"http_multipart_filename\": \"log.txt\", \"http_mime_content_type\": \"text/plain\"")
		.says("The body is multipart; name of its first part.");

	public static final Key<String> HTTP_MULTIPART_FILENAME = THEME.text("http_multipart_filename", Scope.HTTP)
		.from(multipart(HttpBody.Multipart::filename))
		.says("The body is multipart; file name of its first part.");

	public static final Key<String> HTTP_MIME_CONTENT_TYPE = THEME.text("http_mime_content_type", Scope.HTTP)
		.from(multipart(HttpBody.Multipart::contentType))
		.older("http_multipart_content_type")
		.says("Content type of the first part of a multipart body.");

	public static final Key<Boolean> HTTP_MULTIPART_SS_IN = THEME.flag("http_multipart_ss_in", Scope.HTTP)
		.from(body(HttpBody::multipartIn))
		.more("Each part is a message of its own then. On servers it is the bodies of requests.")
		.says("Whether multipart responses are taken apart.");

	public static final Key<String> RIDESHARE = THEME.text("rideshare", Scope.HTTP)
		.from((stream) -> stream.features().rideshare())
		.more("The chain may be long, but has to end. The other streamtype may be defined further down.")
		.says("Streamtype whose payload is the next part of the same multipart body.");

	private BodyKeys() {
	}

	private static <T> Finder<T> body(Function<HttpBody, T> value) {
		return HttpKeys.http((http) -> value.apply(http.body()));
	}

	private static <T> Finder<T> multipart(Function<HttpBody.Multipart, T> value) {
		return body((body) -> value.apply(body.multipart()));
	}

	static HttpBody body(Draft from) {
		HttpBody.Multipart multipart = new HttpBody.Multipart(from.get(HTTP_MULTIPART_NAME),
				from.get(HTTP_MULTIPART_FILENAME), from.get(HTTP_MIME_CONTENT_TYPE));
		HttpBody body = new HttpBody(from.get(HTTP_NO_CONTENT_LENGTH), from.get(HTTP_WWW_FORM_URLENCODED), multipart,
				from.get(HTTP_MULTIPART_SS_IN));
		return body.equals(HttpBody.PLAIN) ? HttpBody.PLAIN : body;
	}

}
