package io.securestreams.spring.proxy;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

import io.securestreams.SecureStreams;
import io.securestreams.proxy.server.ProxyServer;
import io.securestreams.proxy.server.ProxyServerSettings;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.stream.observe.EventLoopThread;

/**
 * Runs the proxy: it starts after the streams of handler beans, whose sinks clients may
 * want to join, and ends before them, when what is under way has been drained.
 */
public class SecureStreamsProxy implements SmartLifecycle {

	private final @Nullable SecureStreams engine;

	private final ProxyServerSettings settings;

	private final Duration drainTimeout;

	private volatile @Nullable ProxyServer server;

	/**
	 * Makes a proxy, which does not run yet.
	 * @param engine fulfils the streams; with {@code null}, where a test has something
	 * else in its place, the proxy never runs
	 * @param settings where clients connect, and who may
	 * @param drainTimeout most time for what is under way at the end
	 */
	public SecureStreamsProxy(@Nullable SecureStreams engine, ProxyServerSettings settings, Duration drainTimeout) {
		this.engine = engine;
		this.settings = settings;
		this.drainTimeout = drainTimeout;
	}

	/**
	 * Returns the server.
	 * @return the server, or empty if it does not run
	 */
	public Optional<ProxyServer> server() {
		return Optional.ofNullable(this.server);
	}

	@Override
	public void start() {
		if (this.server == null && this.engine != null) {
			this.server = this.engine.serveProxy(this.settings);
		}
	}

	@Override
	public void stop() {
		EventLoopThread.refuse("stop()", "stop(callback)");
		CompletableFuture<Void> stopped = new CompletableFuture<>();
		stop(() -> stopped.complete(null));
		stopped.join();
	}

	@Override
	public void stop(Runnable callback) {
		ProxyServer running = this.server;
		this.server = null;
		if (running == null) {
			callback.run();
		}
		else {
			running.shutdown(this.drainTimeout).whenComplete((nothing, failure) -> callback.run());
		}
	}

	@Override
	public boolean isRunning() {
		return this.server != null;
	}

	@Override
	public int getPhase() {
		return SecureStreamHandlerRegistry.PHASE + 1;
	}

}
