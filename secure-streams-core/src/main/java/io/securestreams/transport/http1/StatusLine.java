package io.securestreams.transport.http1;

/**
 * The start line of a response (RFC 9112 section 4).
 */
public final class StatusLine {

	private static final int STATUS_OFFSET = 9;

	private static final String VERSION = "HTTP/1.";

	private StatusLine() {
	}

	/**
	 * Returns the digit after {@code HTTP/1.}.
	 * @param head a response's head
	 * @return 0 to 9
	 * @throws MalformedMessageException if it does not start so
	 */
	public static int minorVersion(MessageHead head) throws MalformedMessageException {
		byte[] line = head.bytes();
		boolean proper = head.startLineEnd() >= STATUS_OFFSET + 3 && line[7] >= '0' && line[7] <= '9' && line[8] == ' ';
		for (int i = 0; proper && i < VERSION.length(); i++) {
			proper = line[i] == VERSION.charAt(i);
		}
		if (!proper) {
			throw MalformedMessageException.badRequest("response that does not start with HTTP/1.x");
		}
		return line[7] - '0';
	}

	/**
	 * Returns the status code; to be called after {@link #minorVersion}.
	 * @param head a response's head
	 * @return 100 to 999
	 * @throws MalformedMessageException if it is not three digits
	 */
	public static int status(MessageHead head) throws MalformedMessageException {
		byte[] line = head.bytes();
		int status = 0;
		for (int i = STATUS_OFFSET; i < STATUS_OFFSET + 3; i++) {
			int digit = line[i] - '0';
			if (digit < 0 || digit > 9) {
				throw MalformedMessageException.badRequest("status that is not a number");
			}
			status = status * 10 + digit;
		}
		boolean ended = head.startLineEnd() == STATUS_OFFSET + 3 || line[STATUS_OFFSET + 3] == ' ';
		if (status < 100 || !ended) {
			throw MalformedMessageException.badRequest("status that is not a number from 100 to 999");
		}
		return status;
	}

}
