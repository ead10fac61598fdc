package io.securestreams.proxy.client;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.securestreams.proxy.wire.ConnState;
import io.securestreams.proxy.wire.CreateResult;
import io.securestreams.proxy.wire.PayloadFlag;
import io.securestreams.proxy.wire.ProxyFrame;
import io.securestreams.proxy.wire.ProxyFrameDecoder;
import io.securestreams.proxy.wire.RxPayload;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamOptions;
import io.securestreams.stream.StreamState;
import io.securestreams.testing.LinkCapture;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a proxy of libwebsockets sent to its clients is sent to ours, read by read: ours
 * tells its application every state and all of the payload.
 */
class CapturedProxyTests {

	/** Where ours tells something else than what came, and what. */
	private static final Map<String, List<String>> DIFFERENT = Map.of("get-503.0",
			List.of("CREATING", "CONNECTING", "UNREACHABLE", "POLL", "CONNECTING", "UNREACHABLE", "POLL", "CONNECTING",
					// The last two are told in the order of our own streams
					"UNREACHABLE", "ALL_RETRIES_FAILED"),
			"app-cut-short-retried.0",
			// A connection that ends is always told
			List.of("CREATING", "CONNECTING", "CONNECTED", "DISCONNECTED", "POLL", "CONNECTING", "CONNECTED",
					"DISCONNECTED", "POLL", "CONNECTING", "CONNECTED", "DISCONNECTED"));

	static List<LinkCapture> links() {
		return LinkCapture.all("links").stream().filter((capture) -> capture.sent(false).length > 0).toList();
	}

	private static List<ProxyFrame> frames(LinkCapture capture) throws Exception {
		List<ProxyFrame> frames = new ArrayList<>();
		new ProxyFrameDecoder(1, 65535).read(Unpooled.wrappedBuffer(capture.sent(false)), frames::add);
		return frames;
	}

	private static String name(ConnState state) {
		StreamState known = StreamState.ofCode(state.state());
		return (known != null) ? known.name() : "user " + state.state();
	}

	@ParameterizedTest
	@MethodSource("links")
	void ourApplicationsHearWhatTheirProxySays(LinkCapture capture) throws Exception {
		ScriptedProxy proxy = new ScriptedProxy();
		List<String> told = new ArrayList<>();
		ByteArrayOutputStream received = new ByteArrayOutputStream();
		SecureStream stream = proxy.streams.create("mintest", new StreamHandler() {
			@Override
			public void onState(SecureStream same, StreamState state, long ordinal) {
				told.add(state.name());
			}

			@Override
			public void onUserState(SecureStream same, int state) {
				told.add("user " + state);
			}

			@Override
			public void onReceive(SecureStream same, Payload payload) {
				if (!payload.isPerf()) {
					received.writeBytes(payload.toByteArray());
				}
			}
		}, StreamOptions.DEFAULTS);
		proxy.executor.run();
		stream.connect();
		proxy.accept();
		boolean refused = false;
		List<String> sent = new ArrayList<>();
		ByteBuf payload = Unpooled.buffer();
		for (ProxyFrame frame : frames(capture)) {
			if (frame instanceof ConnState state) {
				sent.add(name(state));
			}
			else if (frame instanceof CreateResult result) {
				refused = !result.isCreated();
			}
			else if (frame instanceof RxPayload piece && (piece.head().flags() & PayloadFlag.PERF_JSON) == 0) {
				payload.writeBytes(piece.content());
			}
		}
		for (LinkCapture.Read read : capture.reads()) {
			if (!read.fromClient() && !read.isEnd()) {
				proxy.sendBytes(Unpooled.copiedBuffer(read.bytes()));
			}
		}
		if (refused) {
			assertThat(told).containsExactly("CREATING", "ALL_RETRIES_FAILED");
			assertThat(String.valueOf(stream.lastFailure())).contains("streamtype");
			return;
		}
		assertThat(told).isEqualTo(DIFFERENT.getOrDefault(capture.name(), sent));
		assertThat(received.toByteArray()).isEqualTo(bytes(payload));
		assertThat(proxy.current().closed).isFalse();
		assertThat(proxy.take()).first().isEqualTo("STREAMTYPE mintest");
		stream.close();
		proxy.executor.run();
		assertThat(told).endsWith("DESTROYING");
	}

	private static byte[] bytes(ByteBuf buffer) {
		byte[] bytes = new byte[buffer.readableBytes()];
		buffer.readBytes(bytes);
		return bytes;
	}

}
