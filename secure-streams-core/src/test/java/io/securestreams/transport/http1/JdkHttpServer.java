package io.securestreams.transport.http1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;

/**
 * Makes the JDK's servers.
 */
final class JdkHttpServer {

	static {
		// Else they wait 40 ms for an acknowledgement between head and body
		System.setProperty("sun.net.httpserver.nodelay", "true");
	}

	private JdkHttpServer() {
	}

	static HttpServer plain() throws IOException {
		return HttpServer.create(address(), 0);
	}

	static HttpsServer tls() throws IOException {
		return HttpsServer.create(address(), 0);
	}

	private static InetSocketAddress address() throws IOException {
		return new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
	}

}
