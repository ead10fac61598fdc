package io.securestreams.transport.http.exchange;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

import io.securestreams.limits.CookieLimits;
import io.securestreams.limits.HttpClientLimits;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.transport.TestRuntime;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.TestHttpPolicy;
import io.securestreams.transport.http.cookie.CookieStore;
import io.securestreams.transport.http1.client.Http1TransportFactory;
import io.securestreams.transport.http2.client.Http2TransportFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Has a client do the same on both versions of HTTP, and compares what is reported and
 * what the peer gets to see.
 */
abstract class ClientExchangeContract {

	final TestRuntime runtime = TestRuntime.create("nio");

	private final HttpServices services = new HttpServices(this.runtime.runtime().blobs(),
			new CookieStore(CookieLimits.DEFAULTS), this::streamType,
			HttpClientLimits.builder().maxRedirects(10).maxRepeatableBody(1024).build());

	private final Http1TransportFactory http1 = new Http1TransportFactory(this.runtime.runtime(), this.services);

	private final Http2TransportFactory http2 = new Http2TransportFactory(this.runtime.runtime(), this.http1,
			this.services);

	final int slotSize;

	private final boolean elsewhere;

	private final List<List<String>> requests = new ArrayList<>();

	ClientExchangeContract(int slotSize, boolean elsewhere) {
		this.slotSize = slotSize;
		this.elsewhere = elsewhere;
	}

	@AfterEach
	void stop() {
		this.http2.close();
		this.runtime.close();
	}

	/** Other streamtypes of the policy. */
	@Nullable StreamPolicy streamType(String name) {
		return null;
	}

	/** Starts what answers. */
	ExchangePeer peer(boolean second) {
		return ExchangePeer.start(second);
	}

	/** Does the same on both, and returns what was the same. */
	final List<String> same(TestHttpPolicy policy, BiConsumer<ExchangeLink, List<String>> program) {
		List<List<String>> events = new ArrayList<>();
		this.requests.clear();
		for (boolean second : new boolean[] { false, true }) {
			TestHttpPolicy used = second ? policy.http2() : policy;
			try (ExchangePeer peer = peer(second); ExchangePeer other = peer(second)) {
				peer.away = "http://127.0.0.1:" + other.port() + "/elsewhere";
				ExchangeLink link = new ExchangeLink(this.runtime.loops().next(), used.build(), peer.port(),
						this.slotSize, this.elsewhere);
				link.transport(second ? this.http2.client(link) : this.http1.client(link));
				List<String> all = new ArrayList<>();
				program.accept(link, all);
				events.add(all);
				List<String> seen = new ArrayList<>(peer.requests);
				other.requests.forEach((request) -> seen.add("other " + request));
				this.requests.add(seen);
			}
		}
		assertThat(events.get(1)).as("HTTP/2 does as HTTP/1.1").isEqualTo(events.get(0));
		assertThat(this.requests.get(1)).as("HTTP/2 asks as HTTP/1.1").isEqualTo(this.requests.get(0));
		return events.get(0);
	}

	final List<String> once(TestHttpPolicy policy) {
		return same(policy, (link, events) -> events.addAll(link.attempt()));
	}

	final List<String> seen() {
		return this.requests.get(0);
	}

	static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
