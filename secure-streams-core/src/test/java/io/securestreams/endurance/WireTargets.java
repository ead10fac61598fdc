package io.securestreams.endurance;

import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2Headers;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.endurance.FuzzTarget.Trace;
import io.securestreams.limits.HttpMessageLimits;
import io.securestreams.proxy.wire.ClientFrame;
import io.securestreams.proxy.wire.ClientFrameDecoder;
import io.securestreams.proxy.wire.ConnState;
import io.securestreams.proxy.wire.CreateResult;
import io.securestreams.proxy.wire.Destroying;
import io.securestreams.proxy.wire.FrameDecoder;
import io.securestreams.proxy.wire.FrameEncoder;
import io.securestreams.proxy.wire.LengthHint;
import io.securestreams.proxy.wire.MetadataItem;
import io.securestreams.proxy.wire.OnwardConnect;
import io.securestreams.proxy.wire.PayloadFlag;
import io.securestreams.proxy.wire.PayloadHead;
import io.securestreams.proxy.wire.Perf;
import io.securestreams.proxy.wire.ProxyFrame;
import io.securestreams.proxy.wire.ProxyFrameDecoder;
import io.securestreams.proxy.wire.RxPayload;
import io.securestreams.proxy.wire.StreamType;
import io.securestreams.proxy.wire.TimeoutUpdate;
import io.securestreams.proxy.wire.TxCredit;
import io.securestreams.proxy.wire.TxPayload;
import io.securestreams.proxy.wire.WireViolation;
import io.securestreams.transport.http1.Http1Handler;
import io.securestreams.transport.http1.MalformedMessageException;
import io.securestreams.transport.http1.MessageHead;
import io.securestreams.transport.http1.StatusLine;
import io.securestreams.transport.http2.frame.FrameListener;
import io.securestreams.transport.http2.frame.HeaderLimits;
import io.securestreams.transport.http2.frame.Http2FrameReader;
import io.securestreams.transport.http2.frame.Http2Violation;
import io.securestreams.transport.mqtt.frame.FrameReader;
import io.securestreams.transport.mqtt.frame.FrameSink;
import io.securestreams.transport.mqtt.frame.MqttProperties;
import io.securestreams.transport.mqtt.frame.MqttViolation;
import io.securestreams.transport.mqtt.frame.PublishHead;
import io.securestreams.transport.websocket.frame.CloseFrame;
import io.securestreams.transport.websocket.frame.MessageInflater;
import io.securestreams.transport.websocket.frame.MessageReader;
import io.securestreams.transport.websocket.frame.MessageSink;
import io.securestreams.transport.websocket.frame.WebSocketViolation;
import org.jspecify.annotations.Nullable;

/**
 * Parsers of bytes that come in pieces.
 */
final class WireTargets {

	private WireTargets() {
	}

	static List<FuzzTarget> all() {
		return List.of(
				FuzzTarget.ofPieces("h1 request", WireSeeds.http1Requests(),
						(pieces, allocator, trace) -> http1(false, pieces, allocator, trace)),
				FuzzTarget.ofPieces("h1 answer", WireSeeds.http1Answers(),
						(pieces, allocator, trace) -> http1(true, pieces, allocator, trace)),
				FuzzTarget.ofPieces("h2 request", withoutPreface(WireSeeds.http2Requests()), WireTargets::http2),
				FuzzTarget.ofPieces("h2 answer", WireSeeds.http2Answers(), WireTargets::http2),
				FuzzTarget.ofPieces("ws client's", WireSeeds.webSocketFrames(true),
						(pieces, allocator, trace) -> webSocket(true, pieces, allocator, trace)),
				FuzzTarget.ofPieces("ws server's", WireSeeds.webSocketFrames(false),
						(pieces, allocator, trace) -> webSocket(false, pieces, allocator, trace)),
				FuzzTarget.ofPieces("mqtt 3.1.1", WireSeeds.mqttPackets(false),
						(pieces, allocator, trace) -> mqtt(false, pieces, allocator, trace)),
				FuzzTarget.ofPieces("mqtt 5", WireSeeds.mqttPackets(true),
						(pieces, allocator, trace) -> mqtt(true, pieces, allocator, trace)),
				FuzzTarget.ofPieces("sspc client's", clientFrames(),
						(pieces, allocator, trace) -> proxy(new ClientFrameDecoder(4096), pieces, trace)),
				FuzzTarget.ofPieces("sspc proxy's", proxyFrames(),
						(pieces, allocator, trace) -> proxy(new ProxyFrameDecoder(1, 4096), pieces, trace)));
	}

	private static List<byte[]> withoutPreface(List<byte[]> seeds) {
		return seeds.stream()
			.map((seed) -> java.util.Arrays.copyOfRange(seed, WireSeeds.PREFACE.length(), seed.length))
			.toList();
	}

	private static List<byte[]> clientFrames() {
		List<ClientFrame> frames = List.of(new StreamType(1, 42, 1000, "one"),
				new MetadataItem("name", new byte[] { 1, 2 }), new TxCredit(77), OnwardConnect.INSTANCE,
				new TimeoutUpdate(500), new LengthHint(9),
				new TxPayload(new PayloadHead(3, 1, 2, null, 5), 0, Unpooled.wrappedBuffer(new byte[5])),
				new TxPayload(new PayloadHead(PayloadFlag.RIDESHARE | 3, 1, 2, "ride", 3), 0,
						Unpooled.wrappedBuffer(new byte[3])),
				Destroying.INSTANCE);
		return encoded(frames.size(), (i, out) -> FrameEncoder.write(frames.get(i), out));
	}

	private static List<byte[]> proxyFrames() {
		List<ProxyFrame> frames = List.of(new CreateResult(1, 0, 100, "a,b"), new ConnState(5, 1),
				new ConnState(1000, 2), new MetadataItem("name", new byte[] { 1 }), new TxCredit(77),
				new Perf("{\"a\":1}"),
				new RxPayload(new PayloadHead(3, 1, 2, null, 5), 0, Unpooled.wrappedBuffer(new byte[5])));
		return encoded(frames.size(), (i, out) -> FrameEncoder.write(frames.get(i), out));
	}

	private static List<byte[]> encoded(int count, java.util.function.BiConsumer<Integer, ByteBuf> encoder) {
		List<byte[]> seeds = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			ByteBuf out = Unpooled.buffer();
			encoder.accept(i, out);
			seeds.add(io.netty.buffer.ByteBufUtil.getBytes(out));
		}
		seeds.add(FuzzTarget.join(seeds));
		return seeds;
	}

	private static void http1(boolean client, List<byte[]> pieces, ByteBufAllocator allocator, Trace trace) {
		EmbeddedChannel channel = new EmbeddedChannel();
		channel.config().setAllocator(allocator);
		channel.pipeline().addLast(new Http1Reader(client, trace));
		for (byte[] piece : pieces) {
			channel.writeInbound(allocator.buffer(piece.length).writeBytes(piece));
		}
		channel.finishAndReleaseAll();
	}

	private static void http2(List<byte[]> pieces, ByteBufAllocator allocator, Trace trace) {
		Http2FrameReader reader = new Http2FrameReader(new Http2Trace(trace), allocator,
				new HeaderLimits(16 * 1024, 100, 8));
		try {
			for (byte[] piece : pieces) {
				reader.read(Unpooled.wrappedBuffer(piece));
			}
		}
		catch (Http2Violation ex) {
			trace.event(ex.error());
		}
		finally {
			reader.close();
		}
	}

	private static void webSocket(boolean masked, List<byte[]> pieces, ByteBufAllocator allocator, Trace trace) {
		MessageReader reader = new MessageReader(masked, 1 << 16, 1 << 17,
				new MessageInflater(allocator, true, 1 << 17, 1100), new MessageSink() {

					@Override
					public void payload(ByteBuf payload, int flags) {
						trace.payload(payload);
						if ((flags & PayloadFlags.EOM) != 0) {
							trace.end();
						}
					}

					@Override
					public void control(int opcode, byte[] payload, int length) throws WebSocketViolation {
						trace.event(opcode + " " + java.util.Arrays.toString(java.util.Arrays.copyOf(payload, length)));
						if (opcode == 8) {
							trace.event(CloseFrame.parse(payload, length));
						}
					}

				});
		try {
			for (byte[] piece : pieces) {
				reader.add(allocator.buffer(piece.length).writeBytes(piece));
				reader.run();
			}
		}
		catch (WebSocketViolation ex) {
			trace.event(ex.closeCode());
		}
		finally {
			reader.close();
		}
	}

	private static void mqtt(boolean version5, List<byte[]> pieces, ByteBufAllocator allocator, Trace trace) {
		FrameReader reader = new FrameReader(allocator, version5, 1 << 20, new MqttTrace(trace));
		try {
			for (byte[] piece : pieces) {
				reader.read(Unpooled.wrappedBuffer(piece));
			}
		}
		catch (MqttViolation ex) {
			// Of two reasons the first to be seen is told, and that depends on the cuts
			trace.event("violation");
		}
		finally {
			reader.close();
		}
	}

	private static <F> void proxy(FrameDecoder<F> decoder, List<byte[]> pieces, Trace trace) {
		try {
			for (byte[] piece : pieces) {
				decoder.read(Unpooled.wrappedBuffer(piece), (frame) -> {
					if (frame instanceof TxPayload payload) {
						payload(payload.head(), payload.offset(), payload.content(), trace);
					}
					else if (frame instanceof RxPayload payload) {
						payload(payload.head(), payload.offset(), payload.content(), trace);
					}
					else if (frame instanceof MetadataItem item) {
						trace.event(item.name() + java.util.Arrays.toString(item.value()));
					}
					else {
						trace.event(frame);
					}
				});
			}
		}
		catch (WireViolation ex) {
			trace.event("violation");
		}
	}

	private static void payload(PayloadHead head, int offset, ByteBuf content, Trace trace) {
		trace.payload(content);
		if (offset + content.readableBytes() == head.length()) {
			trace.event(head);
			trace.end();
		}
	}

	/** Frames messages as connections of both roles do. */
	private static final class Http1Reader extends Http1Handler {

		private final boolean client;

		private final Trace trace;

		Http1Reader(boolean client, Trace trace) {
			super(HttpMessageLimits.DEFAULTS);
			this.client = client;
			this.trace = trace;
		}

		@Override
		protected boolean isHeld() {
			return false;
		}

		@Override
		protected void arrived(int count) {
		}

		@Override
		protected boolean beforeHead(ByteBuf in) {
			return true;
		}

		@Override
		protected void head(MessageHead head) throws MalformedMessageException {
			this.trace.event(head.text(0, head.startLineEnd()));
			head.forEach((name, value) -> this.trace.event(name + ": " + value));
			boolean chunked = head.isChunked();
			long length = head.contentLength();
			int status = this.client ? StatusLine.status(head) * ((StatusLine.minorVersion(head) >= 0) ? 1 : 0) : 0;
			if (chunked && length >= 0) {
				throw MalformedMessageException.badRequest("both");
			}
			if (chunked) {
				this.body.startChunked();
			}
			else if (length >= 0 && (!this.client || status >= 200)) {
				this.body.startLength(length);
			}
			else if (!this.client || status < 200 || status == 204) {
				this.body.startEmpty();
			}
			else {
				this.body.startUntilClose();
			}
		}

		@Override
		protected void bodyContent(ByteBuf piece) {
			this.trace.payload(piece);
		}

		@Override
		protected void bodyEnded() {
			this.trace.end();
		}

		@Override
		protected void inputEnded(@Nullable Throwable cause) {
			if (this.body.endsAtClose()) {
				this.trace.end();
			}
			TextTargets.require(cause == null, "an exception: " + cause);
			stopDecoding();
		}

		@Override
		protected void malformed(MalformedMessageException ex) {
			this.trace.event(ex.status());
			stopDecoding();
		}

	}

	private record Http2Trace(Trace trace) implements FrameListener {

		@Override
		public void dataStart(int streamId, int flowLength) {
			this.trace.event("start " + streamId + " " + flowLength);
		}

		@Override
		public void data(int streamId, ByteBuf data) {
			this.trace.payload(data);
		}

		@Override
		public void dataEnd(int streamId, int dataLength, int padding, boolean endStream) {
			this.trace.event("end " + streamId + " " + dataLength + " " + padding + " " + endStream);
			this.trace.end();
		}

		@Override
		public void headers(int streamId, Http2Headers headers, boolean endStream) {
			this.trace.event(streamId + " " + headers + endStream);
		}

		@Override
		public void badHeaders(int streamId, String reason, boolean tooLarge, boolean endStream) {
			this.trace.event(streamId + " " + reason + tooLarge + endStream);
		}

		@Override
		public void reset(int streamId, long code) {
			this.trace.event("reset " + streamId + " " + code);
		}

		@Override
		public void settings(ByteBuf settings, int length) {
			this.trace
				.event("settings " + io.netty.buffer.ByteBufUtil.hexDump(settings, settings.readerIndex(), length));
			settings.skipBytes(length);
		}

		@Override
		public void settingsAck() {
			this.trace.event("ack");
		}

		@Override
		public void ping(long payload, boolean ack) {
			this.trace.event("ping " + payload + ack);
		}

		@Override
		public void goAway(int lastStreamId, long code, String debug) {
			this.trace.event("goAway " + lastStreamId + " " + code + debug);
		}

		@Override
		public void windowUpdate(int streamId, int increment) {
			this.trace.event("window " + streamId + " " + increment);
		}

		@Override
		public void ignored() {
			this.trace.event("ignored");
		}

	}

	private record MqttTrace(Trace trace) implements FrameSink {

		@Override
		public void connected(boolean sessionPresent, int code, MqttProperties properties) {
			this.trace.event("connected " + sessionPresent + code + properties.users() + properties.text(0x12));
		}

		@Override
		public void publish(PublishHead head) {
			this.trace.event("publish " + head.qos() + " " + head.isDuplicate() + head.packetId() + " "
					+ head.payloadLength() + head.properties().users()
					+ io.netty.buffer.ByteBufUtil.hexDump(head.source(), head.topicIndex(), head.topicLength()));
		}

		@Override
		public void payload(ByteBuf bytes, boolean end) {
			this.trace.payload(bytes);
			bytes.skipBytes(bytes.readableBytes());
			if (end) {
				this.trace.end();
			}
		}

		@Override
		public void acknowledged(int type, int packetId, int reason) {
			this.trace.event("ack " + type + " " + packetId + " " + reason);
		}

		@Override
		public void subscribed(int packetId, ByteBuf codes) {
			this.trace.event("subscribed " + packetId + " " + io.netty.buffer.ByteBufUtil.hexDump(codes));
		}

		@Override
		public void unsubscribed(int packetId) {
			this.trace.event("unsubscribed " + packetId);
		}

		@Override
		public void pong() {
			this.trace.event("pong");
		}

		@Override
		public void disconnected(int reason, MqttProperties properties) {
			this.trace.event("disconnected " + reason + properties.users());
		}

	}

}
