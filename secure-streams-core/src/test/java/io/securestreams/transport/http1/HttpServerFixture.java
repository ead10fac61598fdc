package io.securestreams.transport.http1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.securestreams.engine.spi.BoundListener;
import io.securestreams.limits.HttpServerLimits;
import io.securestreams.transport.TestRuntime;
import io.securestreams.transport.http.HttpLink;
import io.securestreams.transport.http.TestHttpPolicy;
import io.securestreams.transport.http.UpgradeHandler;
import io.securestreams.transport.http1.server.Http1Server;
import io.securestreams.transport.http2.server.Http2Server;
import io.securestreams.transport.serving.ServingTransportFactory;

/**
 * A listener of ours and what it accepts.
 */
public final class HttpServerFixture implements AutoCloseable {

	public final List<HttpLink> links = new CopyOnWriteArrayList<>();

	private final TestRuntime runtime = TestRuntime.create("nio");

	private final BoundListener listener;

	public HttpServerFixture(TestHttpPolicy policy, HttpServerLimits settings, Consumer<HttpLink> handler) {
		this(policy, settings, UpgradeHandler.NONE, handler);
	}

	HttpServerFixture(TestHttpPolicy policy, HttpServerLimits settings, UpgradeHandler upgrades,
			Consumer<HttpLink> handler) {
		ServingTransportFactory factory = new ServingTransportFactory(this.runtime.runtime(),
				new Http1Server(settings, upgrades), new Http2Server(settings), settings);
		this.listener = factory.listen(policy.build(), (executor, transport, peer) -> {
			HttpLink link = new HttpLink(executor, policy.build()).transport(transport);
			handler.accept(link);
			this.links.add(link);
			return link;
		}).toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
	}

	public int port() {
		return ((InetSocketAddress) this.listener.address()).getPort();
	}

	public HttpLink link(int index) {
		return this.links.get(index);
	}

	public Socket connect() throws IOException {
		Socket socket = new Socket("127.0.0.1", port());
		socket.setSoTimeout(20_000);
		return socket;
	}

	/** Sends bytes and reads until the server closes. */
	String talk(String request) throws IOException {
		try (Socket socket = connect()) {
			socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
		}
	}

	/** Reads one response with a content-length. */
	static String response(InputStream in) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		String head = "";
		while (!head.endsWith("\r\n\r\n")) {
			int next = in.read();
			if (next < 0) {
				throw new IOException("end after: " + head);
			}
			bytes.write(next);
			head = bytes.toString(StandardCharsets.ISO_8859_1);
		}
		int at = head.indexOf("content-length: ");
		if (at < 0) {
			return head;
		}
		int length = Integer.parseInt(head.substring(at + 16, head.indexOf('\r', at)));
		return head + new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
	}

	void stopListening() {
		this.listener.close().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
	}

	@Override
	public void close() {
		stopListening();
		this.runtime.close();
	}

}
