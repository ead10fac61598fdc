package io.securestreams.policy.http;

/**
 * Request headers whose values come from system blobs. Header names are kept as the
 * policy has them; empty means the header is not sent.
 *
 * @param auth header for the auth token ({@code http_auth_header})
 * @param authPreamble text before the token ({@code http_auth_preamble})
 * @param authHex whether the token is sent as hexadecimal ({@code auth_hexify})
 * @param deviceSerial header for the serial number ({@code http_dsn_header})
 * @param firmwareVersion header for the firmware version ({@code http_fwv_header})
 * @param deviceType header for the device type ({@code http_devtype_header})
 */
public record IdentityHeaders(String auth, String authPreamble, boolean authHex, String deviceSerial,
		String firmwareVersion, String deviceType) {

	/** None. */
	public static final IdentityHeaders NONE = new IdentityHeaders("", "", false, "", "", "");

}
