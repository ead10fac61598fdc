package io.securestreams.transport.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import io.securestreams.policy.http.IdentityHeaders;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.SystemBlobs.Blob;
import org.jspecify.annotations.Nullable;

/**
 * Request header fields whose values come from system blobs ({@code http_auth_header},
 * {@code http_dsn_header}, {@code http_fwv_header}, {@code http_devtype_header}). The
 * auth field always uses blob {@code AUTH}; a field is sent even if its blob is not set.
 */
public final class IdentityFields {

	private final SystemBlobs blobs;

	private final List<Field> fields = new ArrayList<>();

	/**
	 * Makes the fields of a streamtype.
	 * @param headers what the policy says
	 * @param blobs where values come from
	 */
	public IdentityFields(IdentityHeaders headers, SystemBlobs blobs) {
		this.blobs = blobs;
		add(headers.auth(), Blob.AUTH, headers.authPreamble(), headers.authHex());
		add(headers.deviceSerial(), Blob.DEVICE_SERIAL, "", false);
		add(headers.firmwareVersion(), Blob.FIRMWARE_VERSION, "", false);
		add(headers.deviceType(), Blob.DEVICE_TYPE, "", false);
	}

	private void add(String entity, Blob blob, String preamble, boolean hex) {
		if (!entity.isEmpty()) {
			this.fields.add(new Field(FieldRules.nameOf(entity), blob, preamble, hex));
		}
	}

	/**
	 * Whether a blob has changed since {@link #forEach} was called last.
	 * @return {@code true} if the fields have to be written again
	 */
	public boolean isChanged() {
		for (int i = 0; i < this.fields.size(); i++) {
			Field field = this.fields.get(i);
			if (!Arrays.equals(field.sent, this.blobs.get(field.blob))) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Gives the fields.
	 * @param sink takes them
	 * @throws InvalidRequestException if a name or value must not be sent
	 */
	public void forEach(HeaderSink sink) {
		for (Field field : this.fields) {
			field.sent = this.blobs.get(field.blob);
			String value = field.preamble + field.text();
			FieldRules.check(field.name, value);
			sink.field(field.name, value);
		}
	}

	private static final class Field {

		private final String name;

		private final Blob blob;

		private final String preamble;

		private final boolean hex;

		private byte @Nullable [] sent;

		Field(String name, Blob blob, String preamble, boolean hex) {
			this.name = name;
			this.blob = blob;
			this.preamble = preamble;
			this.hex = hex;
		}

		String text() {
			byte[] value = this.sent;
			if (value == null) {
				return "";
			}
			return this.hex ? HexFormat.of().formatHex(value) : new String(value, StandardCharsets.UTF_8);
		}

	}

}
