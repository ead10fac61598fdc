package io.securestreams.transport.http2.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.securestreams.limits.HttpServerLimits;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.transport.http.HttpLink;
import io.securestreams.transport.http.ServerRoute;
import io.securestreams.transport.http.ServerRoutes;
import io.securestreams.transport.http.TestHttpPolicy;
import io.securestreams.transport.http2.frame.Http2FrameWriter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that take their time, on a clock that is moved by hand.
 */
class SlowClientTests {

	private static final int END = Http2FrameWriter.END_STREAM;

	private static final int END_HEADERS = 4;

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final List<HttpLink> links = new ArrayList<>();

	/** Frames the server has sent, as "type stream". */
	private final List<String> answers = new ArrayList<>();

	private int lastError;

	private void serve(HttpServerLimits limits) {
		start(limits);
		frame(Http2FrameWriter.SETTINGS, Http2FrameWriter.ACK, 0);
	}

	private void start(HttpServerLimits limits) {
		this.channel.freezeTime();
		StreamPolicy policy = TestHttpPolicy.server().protocol(Protocol.H2).build();
		ServerRoutes routes = ServerRoutes.NONE.with(ServerRoute.of(policy, (executor, transport, peer) -> {
			HttpLink accepted = new HttpLink(executor, policy).transport(transport);
			this.links.add(accepted);
			return accepted;
		}));
		new Http2Server(limits).accept(this.channel, () -> routes);
		write(Unpooled.wrappedBuffer(Http2FrameWriter.PREFACE));
		// A window of 100 bytes for each stream
		frame(Http2FrameWriter.SETTINGS, 0, 0, new byte[] { 0, 4, 0, 0, 0, 100 });
	}

	private void request(int streamId, String method) throws Exception {
		Http2Headers headers = new DefaultHttp2Headers().method(method).scheme("http").path("/").authority("a");
		ByteBuf block = Unpooled.buffer();
		new DefaultHttp2HeadersEncoder().encodeHeaders(streamId, headers, block);
		byte[] bytes = new byte[block.readableBytes()];
		block.readBytes(bytes);
		frame(Http2FrameWriter.HEADERS, END_HEADERS | (method.equals("GET") ? END : 0), streamId, bytes);
	}

	private void data(int streamId, int size) {
		frame(Http2FrameWriter.DATA, 0, streamId, new byte[size]);
	}

	private void frame(int type, int flags, int streamId, byte... payload) {
		write(Unpooled.buffer()
			.writeMedium(payload.length)
			.writeByte(type)
			.writeByte(flags)
			.writeInt(streamId)
			.writeBytes(payload));
	}

	private void write(ByteBuf bytes) {
		this.channel.writeInbound(bytes);
		this.channel.runPendingTasks();
		read();
	}

	private void read() {
		ByteBuf all = Unpooled.buffer();
		for (ByteBuf next = this.channel.readOutbound(); next != null; next = this.channel.readOutbound()) {
			all.writeBytes(next);
			next.release();
		}
		while (all.isReadable()) {
			int length = all.readMedium();
			int type = all.readByte();
			all.skipBytes(1);
			this.answers.add(type + " " + all.readInt());
			if (type == Http2FrameWriter.GOAWAY) {
				this.lastError = all.getInt(all.readerIndex() + 4);
			}
			all.skipBytes(length);
		}
	}

	private void pass(int seconds) {
		for (int i = 0; i < seconds; i++) {
			this.channel.advanceTimeBy(1, TimeUnit.SECONDS);
			this.channel.runPendingTasks();
		}
		read();
	}

	/** The client shows from time to time that it is there. */
	private void live(int seconds) {
		for (int left = seconds; left > 0; left -= 30) {
			frame(Http2FrameWriter.PING, 0, 0, new byte[8]);
			pass(Math.min(30, left));
		}
	}

	private boolean isReset(int streamId) {
		return this.answers.contains(Http2FrameWriter.RST_STREAM + " " + streamId);
	}

	@AfterEach
	void close() {
		this.channel.finishAndReleaseAll();
	}

	@Test
	void settingsAreToBeAcknowledged() throws Exception {
		start(HttpServerLimits.DEFAULTS);
		for (int i = 0; i < 9; i++) {
			request(2 * i + 1, "GET");
			pass(2);
		}
		assertThat(this.answers).doesNotContain(Http2FrameWriter.GOAWAY + " 0");
		pass(4);
		assertThat(this.answers).contains(Http2FrameWriter.GOAWAY + " 0");
		assertThat(this.lastError).isEqualTo(4);
	}

	@Test
	void oneByteNowAndThenIsTooSlow() throws Exception {
		serve(HttpServerLimits.DEFAULTS);
		request(1, "POST");
		pass(25);
		data(1, 1);
		assertThat(isReset(1)).isFalse();
		pass(10);
		assertThat(isReset(1)).isTrue();
		assertThat(this.answers).contains(Http2FrameWriter.HEADERS + " 1");
		assertThat(this.links.get(0).closed.join().message()).contains("no more of the request");
		// Others have all the time
		request(3, "POST");
		pass(25);
		data(3, 1000);
		pass(5);
		assertThat(isReset(3)).isFalse();
	}

	@Test
	void leastRateOfAllStreamsTogetherIsEnough() throws Exception {
		serve(HttpServerLimits.DEFAULTS);
		request(1, "POST");
		request(3, "POST");
		request(5, "POST");
		for (int i = 0; i < 100; i++) {
			data(1, 500);
			data(3, 10);
			data(5, 10);
			pass(2);
		}
		assertThat(this.answers).noneMatch((answer) -> answer.startsWith(Http2FrameWriter.RST_STREAM + " "));
		for (int i = 0; i < 100 && !isReset(3); i++) {
			data(3, 10);
			pass(2);
		}
		assertThat(isReset(1)).isTrue();
		assertThat(isReset(3)).isTrue();
	}

	@Test
	void slowApplicationsCostTheClientNothing() throws Exception {
		serve(HttpServerLimits.DEFAULTS);
		request(1, "POST");
		pass(20);
		this.links.get(0).transport().pauseReading();
		for (int i = 0; i < 4; i++) {
			pass(25);
			frame(Http2FrameWriter.PING, 0, 0, new byte[8]);
		}
		this.links.get(0).transport().resumeReading();
		pass(5);
		assertThat(isReset(1)).isFalse();
		pass(10);
		assertThat(isReset(1)).isTrue();
	}

	@Test
	void windowsThatGrowByAByteAreTooSlow() throws Exception {
		serve(HttpServerLimits.DEFAULTS);
		request(1, "GET");
		this.links.get(0).accepted().acknowledge(200);
		this.links.get(0).send("x".repeat(10_000), true);
		pass(25);
		frame(Http2FrameWriter.WINDOW_UPDATE, 0, 1, (byte) 0, (byte) 0, (byte) 0, (byte) 1);
		pass(3);
		assertThat(isReset(1)).isFalse();
		pass(5);
		assertThat(isReset(1)).isTrue();
		assertThat(this.links.get(0).closed.join().message()).contains("client takes no data");
	}

	@Test
	void withoutALeastRateAnyByteIsEnough() throws Exception {
		serve(HttpServerLimits.builder().minDataRate(0).build());
		request(1, "POST");
		for (int i = 0; i < 20; i++) {
			pass(28);
			data(1, 1);
		}
		assertThat(isReset(1)).isFalse();
		pass(32);
		assertThat(isReset(1)).isTrue();
	}

	@Test
	void handlersThatNeverAnswerAreAnsweredFor() throws Exception {
		serve(HttpServerLimits.DEFAULTS);
		request(1, "GET");
		request(3, "POST");
		this.links.get(1).transport().pauseReading();
		live(299);
		assertThat(this.answers).doesNotContain("1 1", "1 3");
		live(3);
		assertThat(this.answers).contains("1 1", "1 3");
		assertThat(this.links).allSatisfy((link) -> assertThat(link.closed.join().message()).contains("no answer"));
		assertThat(this.channel.isActive()).isTrue();
	}

	@Test
	void handlersThatStopInTheMiddleLoseTheirStream() throws Exception {
		serve(HttpServerLimits.DEFAULTS);
		request(1, "GET");
		this.links.get(0).accepted().acknowledge(200);
		this.links.get(0).sendMore("some");
		live(200);
		this.links.get(0).sendMore("more");
		live(200);
		assertThat(isReset(1)).isFalse();
		live(102);
		assertThat(isReset(1)).isTrue();
	}

	@Test
	void handlersMayHaveNoLimit() throws Exception {
		serve(HttpServerLimits.builder().answerTimeout(Duration.ZERO).build());
		request(1, "GET");
		live(3600);
		this.links.get(0).accepted().answer(204);
		live(1);
		assertThat(this.answers).contains("1 1");
	}

	@Test
	void clientsThatGoOnSendingAfterTheEndAreCutOff() {
		serve(HttpServerLimits.DEFAULTS);
		frame(Http2FrameWriter.DATA, 0, 0, (byte) 0);
		assertThat(this.lastError).isEqualTo(1);
		for (int i = 0; i < 17; i++) {
			assertThat(this.channel.isActive()).isTrue();
			write(Unpooled.wrappedBuffer(new byte[64 * 1024]));
		}
		write(Unpooled.wrappedBuffer(new byte[1]));
		assertThat(this.channel.isActive()).isFalse();
	}

}
