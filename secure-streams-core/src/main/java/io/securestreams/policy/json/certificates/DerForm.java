package io.securestreams.policy.json.certificates;

/**
 * What a DER structure is, by its first elements (X.690; RFC 5280, 5208, 8017, 5915).
 */
enum DerForm {

	CERTIFICATE, PKCS8, PKCS1, SEC1, ENCRYPTED_KEY, TRUNCATED, UNKNOWN;

	private static final int INTEGER = 0x02;

	private static final int OCTET_STRING = 0x04;

	private static final int OBJECT_IDENTIFIER = 0x06;

	private static final int SEQUENCE = 0x30;

	private static final int EXPLICIT_0 = 0xa0;

	static DerForm of(byte[] der) {
		Cursor cursor = new Cursor(der);
		if (!cursor.enter(SEQUENCE)) {
			return UNKNOWN;
		}
		if (cursor.end != der.length) {
			return TRUNCATED;
		}
		if (cursor.tag() == INTEGER) {
			cursor.skip();
			return switch (cursor.tag()) {
				case SEQUENCE -> PKCS8;
				case INTEGER -> PKCS1;
				case OCTET_STRING -> SEC1;
				default -> UNKNOWN;
			};
		}
		Cursor first = cursor.copy();
		if (!first.enter(SEQUENCE)) {
			return UNKNOWN;
		}
		return switch (first.tag()) {
			case EXPLICIT_0, INTEGER -> CERTIFICATE;
			case OBJECT_IDENTIFIER -> {
				// A public key begins like an encrypted one, but goes on with a bit
				// string
				cursor.skip();
				yield (cursor.tag() == OCTET_STRING) ? ENCRYPTED_KEY : UNKNOWN;
			}
			default -> UNKNOWN;
		};
	}

	/**
	 * Walks over elements; a tag of -1 stands for anything impossible.
	 */
	private static final class Cursor {

		private final byte[] der;

		private int at;

		/** End of the element entered last. */
		private long end;

		Cursor(byte[] der) {
			this.der = der;
		}

		Cursor copy() {
			Cursor copy = new Cursor(this.der);
			copy.at = this.at;
			copy.end = this.end;
			return copy;
		}

		int tag() {
			return (this.at >= 0 && this.at < this.der.length) ? this.der[this.at] & 0xff : -1;
		}

		boolean enter(int tag) {
			if (tag() != tag) {
				return false;
			}
			header();
			return this.at >= 0;
		}

		void skip() {
			header();
			this.at = (this.at >= 0 && this.end <= this.der.length) ? (int) this.end : -1;
		}

		/** Goes behind tag and length. */
		private void header() {
			int position = this.at + 1;
			if (position >= this.der.length) {
				this.at = -1;
				return;
			}
			long length = this.der[position++] & 0xff;
			if (length >= 0x80) {
				int octets = (int) length & 0x7f;
				if (octets < 1 || octets > 4 || position + octets > this.der.length) {
					this.at = -1;
					return;
				}
				length = 0;
				for (int i = 0; i < octets; i++) {
					length = (length << 8) | (this.der[position++] & 0xff);
				}
			}
			this.at = position;
			this.end = position + length;
		}

	}

}
