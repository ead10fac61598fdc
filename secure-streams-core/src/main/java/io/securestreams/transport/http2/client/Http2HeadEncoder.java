package io.securestreams.transport.http2.client;

import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.TrafficClass;
import io.securestreams.transport.http.RequestBody;
import io.securestreams.transport.http.exchange.RequestField;
import io.securestreams.transport.http.exchange.RequestPlan;
import io.securestreams.transport.http2.frame.HeaderBlock;

/**
 * Makes the heads of one stream's requests (RFC 9113 section 8.3.1). A head is kept as a
 * block and used again while the request is the same.
 */
final class Http2HeadEncoder {

	/** RFC 9113 section 8.2.2; host and length are written from what is known better. */
	static final Set<String> NOT_SENT = Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding",
			"upgrade", "te", "host", "content-length");

	private final String priority;

	private final boolean longPoll;

	private final boolean lateEnd;

	private final int credit;

	private @Nullable RequestPlan encoded;

	private @Nullable Http2Request request;

	/**
	 * Makes the encoder of a stream.
	 * @param policy its policy
	 * @param trafficClass how urgent its requests are
	 * @param credit bytes the peer may send at first
	 */
	Http2HeadEncoder(HttpPolicy policy, TrafficClass trafficClass, int credit) {
		this.priority = priority(trafficClass);
		this.longPoll = policy.http2().longPoll();
		this.lateEnd = this.longPoll && !policy.http2().endStreamQuirk();
		this.credit = credit;
	}

	/**
	 * Encodes a head, unless it has been encoded last.
	 * @param plan the request
	 * @return what is needed to open its stream
	 */
	@SuppressWarnings("ReferenceEquality")
	Http2Request encode(RequestPlan plan) {
		Http2Request last = this.request;
		if (last != null && plan == this.encoded) {
			return last;
		}
		Http2Request next = new Http2Request(block(plan), !plan.body().slots() && !this.lateEnd,
				plan.route().method().equals("HEAD"), false, this.longPoll, this.credit);
		this.encoded = plan;
		this.request = next;
		return next;
	}

	private byte[] block(RequestPlan plan) {
		HeaderBlock block = new HeaderBlock();
		block.add(":method", plan.route().method());
		block.add(":scheme", plan.route().target().tls() ? "https" : "http");
		block.add(":authority", plan.authority());
		block.add(":path", plan.path());
		for (RequestField field : plan.fields()) {
			String name = field.name().toLowerCase(Locale.ROOT);
			if (NOT_SENT.contains(name)) {
				continue;
			}
			if (field.sensitive()) {
				block.addSensitive(name, field.value());
			}
			else {
				block.add(name, field.value());
			}
		}
		if (plan.body().framing() == RequestBody.Framing.LENGTH) {
			block.add("content-length", Long.toString(plan.body().length()));
		}
		if (!this.priority.isEmpty() && !plan.has("priority")) {
			block.add("priority", this.priority);
		}
		return block.toByteArray();
	}

	/**
	 * Returns the urgency of RFC 9218: 3, the default, is not sent; {@code attr_priority}
	 * 1 and 2 mean 2, 3 to 5 mean 1, 6 and 7 mean 0, {@code attr_low_latency} alone means
	 * 2.
	 */
	static String priority(TrafficClass trafficClass) {
		return switch (trafficClass.priority()) {
			case 0 -> trafficClass.lowLatency() ? "u=2" : "";
			case 1, 2 -> "u=2";
			case 3, 4, 5 -> "u=1";
			default -> "u=0";
		};
	}

}
