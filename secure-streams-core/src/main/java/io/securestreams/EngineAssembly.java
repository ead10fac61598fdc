package io.securestreams;

import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.local.EngineServices;
import io.securestreams.engine.local.StreamEngine;
import io.securestreams.engine.local.Transports;
import io.securestreams.engine.spi.StreamTransportFactory;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.proxy.client.ProxiedStreams;
import io.securestreams.proxy.client.ProxyClientSettings;
import io.securestreams.proxy.client.link.ProxyConnector;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.system.auth.Authentication;
import io.securestreams.system.auth.AwsKeySources;
import io.securestreams.transport.TransportRuntime;
import io.securestreams.transport.fault.FaultyTransports;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.cookie.CookieStore;
import io.securestreams.transport.http1.client.Http1TransportFactory;
import io.securestreams.transport.http1.server.Http1Server;
import io.securestreams.transport.http2.client.Http2TransportFactory;
import io.securestreams.transport.http2.server.Http2Server;
import io.securestreams.transport.local.FileAwareTransports;
import io.securestreams.transport.local.FileThreads;
import io.securestreams.transport.local.SinkTransport;
import io.securestreams.transport.loop.EventLoops;
import io.securestreams.transport.mqtt.MqttTransportFactory;
import io.securestreams.transport.raw.RawTransportFactory;
import io.securestreams.transport.serving.ServingTransportFactory;
import io.securestreams.transport.tls.TlsContexts;
import io.securestreams.transport.websocket.client.WebSocketTransportFactory;
import io.securestreams.transport.websocket.server.WebSocketServer;

/**
 * Puts an engine together; knows all transports.
 */
final class EngineAssembly {

	/**
	 * One generator for all event loops, whose jitter has to differ, not to be secret.
	 */
	private static final RandomGenerator JITTER = () -> ThreadLocalRandom.current().nextLong();

	private static final Logger log = LoggerFactory.getLogger(SecureStreams.class);

	private EngineAssembly() {
	}

	/**
	 * Makes an engine and starts its threads.
	 * @param options what with
	 * @return the engine
	 */
	static SecureStreams assemble(SecureStreamsOptions<?> options) {
		Socks5Proxy proxy = options.socks5FromEnvironment ? environmentProxy() : options.socks5;
		EventLoops loops = EventLoops.create(options.transport.key(), options.eventLoopThreads, options.blockedAfter);
		TransportRuntime runtime = new TransportRuntime(loops,
				new TlsContexts(options.tlsIdentities, options.blobs, options.legacyCertificates), options.blobs,
				options.network, options.listener, options.virtualHosts);
		FileThreads files = new FileThreads();
		AtomicReference<@Nullable StreamEngine> engine = new AtomicReference<>();
		AwsKeySources keys = (options.awsKeys != null) ? options.awsKeys
				: AwsKeySources.of(System.getenv(), System.getProperty("user.home"));
		Authentication authentication = new Authentication(options.blobs, () -> Objects.requireNonNull(engine.get()),
				keys, files, InstantSource.system(), JITTER);
		// One cookie store for all of HTTP; ridesharing looks its streamtypes up
		HttpServices services = new HttpServices(options.blobs, new CookieStore(options.httpClient.cookies()),
				(name) -> Objects.requireNonNull(engine.get()).policy().streamTypes().get(name), options.httpClient,
				authentication);
		Http1TransportFactory http1 = new Http1TransportFactory(runtime, services);
		Http2TransportFactory http2 = new Http2TransportFactory(runtime, http1, services);
		WebSocketServer webSockets = new WebSocketServer(options.webSocket);
		RawTransportFactory raw = new RawTransportFactory(runtime);
		WebSocketTransportFactory clientSockets = new WebSocketTransportFactory(runtime, http2, services,
				options.webSocket);
		MqttTransportFactory mqtts = new MqttTransportFactory(runtime, clientSockets, options.mqtt, JITTER);
		List<StreamTransportFactory> clients = Stream.of(http1, http2, clientSockets, raw, mqtts)
			.<StreamTransportFactory>map(
					(network) -> new FaultyTransports(new FileAwareTransports(network, files), options.faults))
			.toList();
		ServingTransportFactory serving = new ServingTransportFactory(runtime,
				new Http1Server(options.httpServer, webSockets), new Http2Server(options.httpServer, webSockets),
				options.httpServer);
		Transports transports = new Transports(clients, List.of(serving, raw));
		StreamEngine started = new StreamEngine(options.policy, loops, transports, JITTER, options.observers, proxy,
				new EngineServices(SinkTransport::pair, options.wakeLock));
		engine.set(started);
		ProxyClientSettings settings = options.proxy;
		ProxyConnector links = (settings != null) ? new ProxyConnector(settings.addresses(),
				(settings.socks5() != null) ? settings.socks5() : proxy, settings.tls(), loops, options.network) : null;
		ProxiedStreams proxied = (links != null) ? new ProxiedStreams(links, loops, JITTER, options.observers) : null;
		loops.calling((loop) -> (proxied == null) ? started.calling(loop)
				: Stream.concat(started.calling(loop).stream(), proxied.calling(loop).stream()).toList());
		log.info("Sockets are driven by {}, TLS is that of {}", loops.transportName(), TlsContexts.providerName());
		return new SecureStreams(started, proxied, runtime, () -> {
			http2.close();
			mqtts.close();
			files.close();
			if (links != null) {
				links.close();
			}
		}, options.blobs, authentication, options.faults && links == null);
	}

	private static @Nullable Socks5Proxy environmentProxy() {
		try {
			return Socks5Proxy.fromEnvironment(System.getenv());
		}
		catch (IllegalArgumentException ex) {
			throw new SecureStreamsException(String.valueOf(ex.getMessage()), ex);
		}
	}

}
