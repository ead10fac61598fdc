package io.securestreams.system.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs canonical requests: tasks 2 to 4 of AWS Signature Version 4.
 *
 * @param scope date, region, service and {@code aws4_request}, separated by slashes
 * @param stringToSign what is signed
 * @param signature the signature, hexadecimal
 * @param authorization value of the field {@code Authorization}
 */
record SigV4Signature(String scope, String stringToSign, String signature, String authorization) {

	private static final String ALGORITHM = "AWS4-HMAC-SHA256";

	private static final String TERMINATOR = "aws4_request";

	/** Length of the day in a timestamp. */
	private static final int DAY = 8;

	/**
	 * Signs a request.
	 * @param key whose request it is
	 * @param region the region
	 * @param service the service
	 * @param timestamp value of {@code x-amz-date}, as {@code 20150830T123600Z}
	 * @param request the request
	 */
	static SigV4Signature of(AwsKey key, String region, String service, String timestamp, CanonicalRequest request) {
		String day = timestamp.substring(0, DAY);
		String scope = day + "/" + region + "/" + service + "/" + TERMINATOR;
		String stringToSign = ALGORITHM + "\n" + timestamp + "\n" + scope + "\n"
				+ hex(sha256(request.text().getBytes(StandardCharsets.UTF_8)));
		byte[] derived = ("AWS4" + key.secret()).getBytes(StandardCharsets.UTF_8);
		for (String step : new String[] { day, region, service, TERMINATOR }) {
			derived = hmac(derived, step);
		}
		String signature = hex(hmac(derived, stringToSign));
		return new SigV4Signature(scope, stringToSign, signature, ALGORITHM + " Credential=" + key.id() + "/" + scope
				+ ", SignedHeaders=" + request.signedHeaders() + ", Signature=" + signature);
	}

	static byte[] sha256(byte[] octets) {
		try {
			return MessageDigest.getInstance("SHA-256").digest(octets);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static String hex(byte[] octets) {
		return HexFormat.of().formatHex(octets);
	}

	private static byte[] hmac(byte[] key, String text) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(key, "HmacSHA256"));
			return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public String toString() {
		return "SigV4Signature[" + this.scope + "]";
	}

}
