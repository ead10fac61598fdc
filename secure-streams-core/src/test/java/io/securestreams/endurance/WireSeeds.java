package io.securestreams.endurance;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.securestreams.transport.http2.FramePeer.Connection;

/**
 * Valid input of the wire protocols.
 */
final class WireSeeds {

	static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

	private WireSeeds() {
	}

	static List<byte[]> http1Requests() {
		return FuzzTarget.octets(
				"POST /echo?a=b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nX: y\r\n\r\nhelloGET /echo HTTP/1.1\r\nhost:a\r\n\r\n",
				"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
						+ "5;a=\"b;c\"\r\nhello\r\n0\r\nT: v\r\n\r\n",
				"GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
						+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
						+ "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
				"\r\nHEAD http://a/echo HTTP/1.0\r\nConnection: close\r\nCookie: a=b; c=d\r\n\r\n",
				"PUT /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Type: multipart/form-data; boundary=q\r\n"
						+ "Content-Length: 8\r\n\r\n--q--\r\n1");
	}

	static List<byte[]> http1Answers() {
		return FuzzTarget.octets("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nSet-Cookie: a=b\r\n\r\nhello",
				"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
						+ "5;x\r\nhello\r\n000\r\nT: v\r\n\r\n",
				"HTTP/1.0 404 Not Found\r\nContent-Type: text/plain\r\n\r\nuntil the end",
				"HTTP/1.1 204 None\r\nConnection: close\r\n\r\n",
				"HTTP/1.1 301 Moved\r\nLocation: /else\r\nContent-Length: 0\r\n\r\n",
				"HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n",
				"HTTP/1.1 200 OK\r\nContent-Type: multipart/form-data; boundary=q\r\nContent-Length: 21\r\n\r\n"
						+ "--q\r\nA: b\r\n\r\nc\r\n--q--");
	}

	/** Literals as they are, references to the static and the dynamic table, Huffman. */
	private static byte[] requestBlock() {
		return ByteBufUtil.decodeHexDump("828684" + "418cf1e3c2e5f23a6ba0ab90f4ff" + "be" + "5886a8eb10649cbf"
				+ "400a637573746f6d2d6b65790c637573746f6d2d76616c7565");
	}

	static List<byte[]> http2Requests() {
		byte[] start = join(PREFACE.getBytes(StandardCharsets.ISO_8859_1), frame(4, 0, 0, "000300000064000400010000"));
		byte[] post = Connection.block(":method", "POST", ":scheme", "http", ":path", "/echo", ":authority", "a", "x",
				"y");
		byte[] connect = Connection.block(":method", "CONNECT", ":protocol", "websocket", ":scheme", "http", ":path",
				"/chat", ":authority", "a", "sec-websocket-version", "13");
		return List.of(
				join(start, frame(4, 1, 0, ""), frame(1, 4, 1, post), frame(0, 8, 1, "0268656c6c6f0000"),
						frame(0, 1, 1, ""), frame(8, 0, 0, "00000100"), frame(6, 0, 0, "0102030405060708")),
				join(start, frame(1, 0x25, 1, join(ByteBufUtil.decodeHexDump("0000000010"), requestBlock())),
						frame(3, 0, 1, "00000008"), frame(7, 0, 0, "0000000000000000")),
				join(start, frame(1, 1, 1, first(post)), frame(9, 0, 1, new byte[0]), frame(9, 4, 1, second(post)),
						frame(1, 5, 3, requestBlock()), frame(0x77, 9, 5, "00")),
				join(start, frame(1, 4, 1, connect), frame(0, 0, 1, webSocket(true, 0x81, "hi")),
						frame(0, 1, 1, webSocket(true, 0x88, "\u0003\u00e8"))));
	}

	static List<byte[]> http2Answers() {
		byte[] ok = Connection.block(":status", "200", "content-length", "5", "x", "y");
		byte[] tunnels = frame(4, 0, 0, "000800000001");
		return List.of(
				join(frame(4, 0, 0, "000300000064"), frame(4, 1, 0, ""), frame(1, 4, 1, ok), frame(0, 0, 1, "68656c"),
						frame(0, 1, 1, "6c6f"), frame(7, 0, 0, "0000000100000000")),
				join(frame(4, 0, 0, ""), frame(4, 1, 0, ""),
						frame(1, 4, 1, Connection.block(":status", "103", "link", "a")), frame(1, 0, 1, first(ok)),
						frame(9, 4, 1, second(ok)), frame(0, 8, 1, "0168656c6c6f00"),
						frame(1, 5, 1, "40017401" + "76")),
				join(tunnels, frame(4, 1, 0, ""), frame(1, 4, 1, "88"), frame(0, 0, 1, webSocket(false, 0x82, "hello")),
						frame(0, 1, 1, webSocket(false, 0x88, "\u0003\u00e8"))),
				join(frame(4, 0, 0, ""), frame(4, 1, 0, ""), frame(3, 0, 1, "00000007"),
						frame(7, 0, 0, "0000000000000000")),
				frame(7, 0, 0, "000000000000000b"));
	}

	static List<byte[]> webSocketFrames(boolean masked) {
		String compressed = new String(ByteBufUtil.decodeHexDump("f248cdc9c90700"), StandardCharsets.ISO_8859_1);
		return List.of(
				join(webSocket(masked, 0x01, "frag"), webSocket(masked, 0x89, "ping"), webSocket(masked, 0x80, "ment"),
						webSocket(masked, 0x88, "\u0003\u00e8bye")),
				join(webSocket(masked, 0xc1, compressed), webSocket(masked, 0x82, "x".repeat(300)),
						webSocket(masked, 0x8a, "")),
				join(webSocket(masked, 0x41, compressed.substring(0, 3)),
						webSocket(masked, 0x80, compressed.substring(3)), webSocket(masked, 0x81, "\u00c3\u00a4")));
	}

	static byte[] webSocket(boolean masked, int first, String payload) {
		byte[] octets = payload.getBytes(StandardCharsets.ISO_8859_1);
		ByteBuf out = Unpooled.buffer().writeByte(first);
		int mask = masked ? 0x80 : 0;
		if (octets.length < 126) {
			out.writeByte(mask | octets.length);
		}
		else {
			out.writeByte(mask | 126).writeShort(octets.length);
		}
		if (masked) {
			byte[] key = { 1, 0x32, 0x54, 0x76 };
			out.writeBytes(key);
			for (int i = 0; i < octets.length; i++) {
				octets[i] ^= key[i & 3];
			}
		}
		return Connection.bytes(out.writeBytes(octets));
	}

	/** Packets of a broker. */
	static List<byte[]> mqttPackets(boolean version5) {
		List<String> packets = version5
				? List.of("200c0000092100141300051200016100", "200900000622000a210014",
						"320e000161000105080001620b05hi", "310700016100" + "686900", "90060001000001" + "02",
						"40020001", "5003000110", "62020001", "700400010000", "b00500010000" + "11", "d000", "e0020000",
						"300a00016105" + "2600016b00" + "0176", "e00800061f0003627965")
				: List.of("20020000", "3208000161000168656c", "3105000161" + "6869", "9004000100" + "80", "40020001",
						"50020001", "62020001", "70020001", "b0020001", "d000");
		List<byte[]> seeds = new ArrayList<>();
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (String packet : packets) {
			byte[] bytes = ByteBufUtil.decodeHexDump(packet.replace("hi", "6869"));
			seeds.add(bytes);
			all.writeBytes(bytes);
		}
		seeds.add(all.toByteArray());
		return seeds;
	}

	private static byte[] first(byte[] block) {
		return java.util.Arrays.copyOf(block, block.length / 2);
	}

	private static byte[] second(byte[] block) {
		return java.util.Arrays.copyOfRange(block, block.length / 2, block.length);
	}

	private static byte[] frame(int type, int flags, int streamId, String hex) {
		return frame(type, flags, streamId, ByteBufUtil.decodeHexDump(hex));
	}

	private static byte[] frame(int type, int flags, int streamId, byte[] payload) {
		return Connection.bytes(Unpooled.buffer()
			.writeMedium(payload.length)
			.writeByte(type)
			.writeByte(flags)
			.writeInt(streamId)
			.writeBytes(payload));
	}

	static byte[] join(byte[]... pieces) {
		return FuzzTarget.join(List.of(pieces));
	}

}
