package io.securestreams.policy.json.keys;

import java.util.function.Function;

import io.securestreams.policy.AuthScheme;
import io.securestreams.policy.AuthUse;
import io.securestreams.policy.http.IdentityHeaders;
import io.securestreams.policy.json.table.Draft;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.table.KeyRow;
import io.securestreams.policy.json.table.KeyRow.Finder;
import io.securestreams.policy.json.table.Scope;
import io.securestreams.policy.json.table.Theme;
import io.securestreams.policy.json.table.Types;

/**
 * How a client says who it is.
 */
public final class IdentityKeys {

	static final Theme THEME = new Theme("Authentication and identity",
			"How a client says who it is. The values come from the application's blobs, with Spring from "
					+ "`secure-streams.blobs.*`, never from the policy. On a redirect they go to no other origin.");

	public static final Key<AuthScheme> USE_AUTH = THEME
		.key("use_auth", Types.reference("auth", (value, document) -> document.auth().reference(value, document)),
				Scope.WEB_CLIENT)
		.from(auth(AuthUse::scheme))
		.more("Without `http_auth_header` a token is shown as `Authorization: Bearer`. A request that is signed needs "
				+ "its body first, up to 64 KiB, unless metadata for `x-amz-content-sha256:` has its hash; over TLS to S3 "
				+ "a longer one whose length is announced goes out as UNSIGNED-PAYLOAD.")
		.says("Authentication scheme. A name from \"auth\", defined above.");

	public static final Key<String> AWS_REGION = THEME.text("aws_region", Scope.WEB_CLIENT)
		.needs(USE_AUTH)
		.from(auth(AuthUse::regionMetadata))
		.says("Name of the metadata that holds the AWS region.");

	public static final Key<String> AWS_SERVICE = THEME.text("aws_service", Scope.WEB_CLIENT)
		.needs(USE_AUTH)
		.from(auth(AuthUse::serviceMetadata))
		.says("Name of the metadata that holds the AWS service.");

	static final Key<String> HTTP_AUTH_HEADER = header("http_auth_header").from(identity(IdentityHeaders::auth))
		.example("\"http_auth_header\": \"authorization:\", \"http_auth_preamble\": \"bearer \"")
		.says("Header of the auth token.");

	static final Key<String> HTTP_AUTH_PREAMBLE = THEME.text("http_auth_preamble", Scope.WEB_CLIENT)
		.needs(HTTP_AUTH_HEADER)
		.from(identity(IdentityHeaders::authPreamble))
		.says("What stands before the auth token, for example \"bearer \".");

	static final Key<Boolean> AUTH_HEXIFY = THEME.strictFlag("auth_hexify", Scope.WEB_CLIENT)
		.needs(HTTP_AUTH_HEADER)
		.from(identity(IdentityHeaders::authHex))
		.says("Whether the auth token travels in hexadecimal.");

	static final Key<String> HTTP_DSN_HEADER = header("http_dsn_header").from(identity(IdentityHeaders::deviceSerial))
		.example("\"http_dsn_header\": \"x-serial:\"")
		.says("Header of the device's serial number.");

	static final Key<String> HTTP_FWV_HEADER = header("http_fwv_header")
		.from(identity(IdentityHeaders::firmwareVersion))
		.says("Header of the firmware's version.");

	static final Key<String> HTTP_DEVTYPE_HEADER = header("http_devtype_header")
		.from(identity(IdentityHeaders::deviceType))
		.says("Header of the kind of device.");

	private IdentityKeys() {
	}

	private static KeyRow<String> header(String name) {
		return THEME.key(name, Types.HEADER, Scope.WEB_CLIENT).or("").otherwise("not sent");
	}

	private static <T> Finder<T> auth(Function<AuthUse, T> value) {
		return (stream) -> {
			AuthUse auth = stream.features().auth();
			return (auth != null) ? value.apply(auth) : null;
		};
	}

	private static <T> Finder<T> identity(Function<IdentityHeaders, T> value) {
		return HttpKeys.http((http) -> value.apply(http.headers()));
	}

	static IdentityHeaders headers(Draft from) {
		IdentityHeaders headers = new IdentityHeaders(from.get(HTTP_AUTH_HEADER), from.get(HTTP_AUTH_PREAMBLE),
				from.get(AUTH_HEXIFY), from.get(HTTP_DSN_HEADER), from.get(HTTP_FWV_HEADER),
				from.get(HTTP_DEVTYPE_HEADER));
		return headers.equals(IdentityHeaders.NONE) ? IdentityHeaders.NONE : headers;
	}

}
