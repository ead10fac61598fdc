package io.securestreams.transport.http2.server;

import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;

import io.netty.buffer.ByteBuf;
import io.securestreams.engine.local.StreamEngine;
import io.securestreams.engine.local.Transports;
import io.securestreams.limits.HttpServerLimits;
import io.securestreams.policy.Policy;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.factory.StreamServer;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.TestRuntime;
import io.securestreams.transport.http.TestHttpPolicy;

/**
 * A server of ours, engine and all, for clients that are not: {@code /} greets,
 * {@code /bytes/N} sends N bytes, {@code /echo} sends back, {@code /hash} answers with
 * the SHA-256 of what it gets, {@code /metadata} with what it knows of the request, all
 * else is 404. As a program it takes a port and, for TLS, a second argument.
 */
public final class Http2Site implements AutoCloseable {

	private final TestRuntime runtime;

	private final StreamEngine engine;

	public final StreamServer server;

	public Http2Site(String transport, boolean tls, HttpServerLimits limits) {
		this(transport, tls, limits, 0);
	}

	private Http2Site(String transport, boolean tls, HttpServerLimits limits, int port) {
		this.runtime = TestRuntime.create(transport);
		TestHttpPolicy policy = TestHttpPolicy.server()
			.protocol(Protocol.H2)
			.metadata("path", "")
			.metadata("method", "")
			.metadata("a", "")
			.metadata("host", "host:")
			.metadata("cookie", "cookie:")
			.metadata("mime", "Content-Type:")
			.tls(tls ? TestPolicies.serving(TestPki.server("localhost")) : TlsPolicy.NONE);
		this.engine = new StreamEngine(policy(policy.build(), port), this.runtime.loops(),
				new Transports(List.of(), List.of(new Http2ListenerFactory(this.runtime.runtime(), limits))), () -> 4,
				List.of(), null);
		this.server = this.engine.listen("site", Page::new);
	}

	private static Policy policy(StreamPolicy streamType, int port) {
		StreamPolicy at = new StreamPolicy("site", streamType.role(),
				new StreamPolicy.Endpoint(streamType.endpoint().address(), port, null), streamType.protocol(),
				streamType.tls(), streamType.persistence(), streamType.trafficClass(), streamType.metadata(),
				streamType.features(), streamType.proxyBuffers());
		return new Policy("", "", 1, null, Map.of(), Map.of(), Map.of(), Map.of(), List.of(), Map.of("site", at));
	}

	public int port() {
		return ((InetSocketAddress) this.server.address()).getPort();
	}

	public static void main(String[] arguments) throws InterruptedException {
		Http2Site site = new Http2Site("auto", arguments.length > 1, HttpServerLimits.DEFAULTS,
				Integer.parseInt(arguments[0]));
		System.out.println("PORT " + site.port());
		Thread.currentThread().join();
	}

	@Override
	public void close() {
		this.engine.shutdown(Duration.ZERO).toCompletableFuture().join();
		this.runtime.close();
	}

	/**
	 * Serves one request.
	 */
	private static final class Page implements StreamHandler {

		private static final byte[] PATTERN = new byte[64 * 1024];

		private final Queue<ByteBuf> echo = new ArrayDeque<>();

		private final MessageDigest digest = sha256();

		private String path = "";

		private String text = "";

		private long left;

		private boolean echoEnded;

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			switch (state) {
				case SERVER_TXN -> request(stream);
				case DISCONNECTED, DESTROYING -> {
					this.echo.forEach(ByteBuf::release);
					this.echo.clear();
				}
				default -> {
				}
			}
		}

		private void request(SecureStream stream) {
			this.path = String.valueOf(stream.metadata().get("path"));
			stream.metadata().set("mime", "text/plain");
			if (this.path.equals("/")) {
				answer(stream, "hello, world");
			}
			else if (this.path.equals("/metadata")) {
				answer(stream, stream.metadata().get("method") + " a=" + stream.metadata().get("a") + " host="
						+ stream.metadata().get("host") + " cookie=" + stream.metadata().get("cookie"));
			}
			else if (this.path.startsWith("/bytes/")) {
				stream.metadata().set("mime", "application/octet-stream");
				this.left = Long.parseLong(this.path.substring(7));
				stream.acknowledge();
				stream.requestTx(this.left);
			}
			else if (this.path.equals("/echo")) {
				stream.acknowledge();
			}
			else if (!this.path.equals("/hash")) {
				stream.reject();
			}
		}

		private void answer(SecureStream stream, String text) {
			this.text = text;
			stream.acknowledge();
			stream.requestTx(text.length());
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			if (this.path.equals("/echo")) {
				if (payload.length() > 0) {
					this.echo.add(payload.content().retain());
				}
				this.echoEnded = payload.isEnd();
				stream.requestTx();
			}
			else if (this.path.equals("/hash")) {
				this.digest.update(payload.content().nioBuffer());
				if (payload.isEnd()) {
					answer(stream, HexFormat.of().formatHex(this.digest.digest()));
				}
			}
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			if (this.path.startsWith("/bytes/")) {
				int count = (int) Math.min(Math.min(this.left, slot.capacity()), PATTERN.length);
				slot.write(PATTERN, 0, count);
				this.left -= count;
				if (this.left == 0) {
					slot.end();
				}
			}
			else if (this.path.equals("/echo")) {
				echo(slot);
			}
			else {
				slot.write(this.text).end();
			}
		}

		private void echo(TxSlot slot) {
			int room = slot.capacity();
			ByteBuf next = this.echo.peek();
			while (next != null && room > 0) {
				int count = Math.min(room, next.readableBytes());
				byte[] bytes = new byte[count];
				next.readBytes(bytes);
				slot.write(bytes);
				room -= count;
				if (!next.isReadable()) {
					this.echo.remove().release();
				}
				next = this.echo.peek();
			}
			if (next == null && this.echoEnded) {
				slot.end();
			}
		}

		private static MessageDigest sha256() {
			try {
				return MessageDigest.getInstance("SHA-256");
			}
			catch (NoSuchAlgorithmException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
