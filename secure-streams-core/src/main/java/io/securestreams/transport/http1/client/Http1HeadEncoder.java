package io.securestreams.transport.http1.client;

import java.util.Locale;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

import io.securestreams.transport.http.exchange.RequestField;
import io.securestreams.transport.http.exchange.RequestPlan;

/**
 * Makes the heads of one stream's requests (RFC 9112 section 3). A head is kept as bytes
 * and used again while the request is the same.
 */
final class Http1HeadEncoder {

	private static final byte[] NOTHING = new byte[0];

	private @Nullable RequestPlan encoded;

	private byte[] head = NOTHING;

	private boolean closes;

	/**
	 * Encodes a head, unless it has been encoded last.
	 * @param plan the request
	 */
	@SuppressWarnings("ReferenceEquality")
	void prepare(RequestPlan plan) {
		if (plan == this.encoded) {
			return;
		}
		ByteBuf out = Unpooled.buffer(512);
		this.closes = false;
		ByteBufUtil.writeAscii(out, plan.route().method());
		out.writeByte(' ');
		ByteBufUtil.writeAscii(out, plan.path());
		ByteBufUtil.writeAscii(out, " HTTP/1.1\r\n");
		line(out, "Host", plan.authority());
		for (RequestField field : plan.fields()) {
			this.closes |= field.name().equalsIgnoreCase("connection")
					&& field.value().toLowerCase(Locale.ROOT).contains("close");
			line(out, field.name(), field.value());
		}
		switch (plan.body().framing()) {
			case LENGTH -> line(out, "Content-Length", Long.toString(plan.body().length()));
			case STREAM -> line(out, "Transfer-Encoding", "chunked");
			case NONE -> {
			}
		}
		out.writeByte('\r').writeByte('\n');
		this.head = ByteBufUtil.getBytes(out);
		this.encoded = plan;
	}

	private static void line(ByteBuf out, String name, String value) {
		ByteBufUtil.writeAscii(out, name);
		out.writeByte(':').writeByte(' ');
		ByteBufUtil.writeUtf8(out, value);
		out.writeByte('\r').writeByte('\n');
	}

	/** Copies the head into a buffer that can be written. */
	ByteBuf head(ByteBufAllocator allocator) {
		return allocator.directBuffer(this.head.length).writeBytes(this.head);
	}

	/** Whether the request itself says that the connection ends with it. */
	boolean closes() {
		return this.closes;
	}

}
