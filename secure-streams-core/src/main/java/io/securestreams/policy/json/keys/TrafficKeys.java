package io.securestreams.policy.json.keys;

import io.securestreams.policy.ProxyBuffers;
import io.securestreams.policy.TrafficClass;
import io.securestreams.policy.json.table.Draft;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.table.KeyRow;
import io.securestreams.policy.json.table.Scope;
import io.securestreams.policy.json.table.Theme;
import io.securestreams.policy.json.table.Types;

/**
 * How the packets of a streamtype are marked, and what a proxy buffers for it.
 */
public final class TrafficKeys {

	private static final String CLIENTS = "clients are not told, and read as their handlers do";

	static final Theme THEME = new Theme("Traffic class",
			"How packets are marked, for the network to treat them so. Needs the transport epoll or io_uring for "
					+ "`attr_priority`; the bits of the flags are combined.");

	static final Theme BUFFERS = new Theme("Buffers of a proxy",
			"What a proxy holds of a stream that it fulfils for another process. Where it has as much as it may, both "
					+ "sides are slowed down; nothing is lost. A stream that is fulfilled where it is used is never "
					+ "buffered.");

	static final Key<Integer> ATTR_PRIORITY = THEME.integer("attr_priority", 7, Scope.CONNECTION)
		.from((stream) -> stream.trafficClass().priority())
		.says("Priority of the socket (SO_PRIORITY); 7 needs a privilege.");

	static final Key<Boolean> ATTR_LOW_LATENCY = THEME.flag("attr_low_latency", Scope.CONNECTION)
		.from((stream) -> stream.trafficClass().lowLatency())
		.more("Sets the bit 0x10.")
		.says("IP type of service \"low delay\".");

	static final Key<Boolean> ATTR_HIGH_THROUGHPUT = THEME.flag("attr_high_throughput", Scope.CONNECTION)
		.from((stream) -> stream.trafficClass().highThroughput())
		.more("Sets the bit 0x08.")
		.says("IP type of service \"throughput\".");

	static final Key<Boolean> ATTR_HIGH_RELIABILITY = THEME.flag("attr_high_reliability", Scope.CONNECTION)
		.from((stream) -> stream.trafficClass().highReliability())
		.more("Sets the bit 0x04.")
		.says("IP type of service \"reliability\".");

	static final Key<Boolean> ATTR_LOW_COST = THEME.flag("attr_low_cost", Scope.CONNECTION)
		.from((stream) -> stream.trafficClass().lowCost())
		.missing("on TCP the kernel needs the bit for congestion control")
		.more("It would set the bit 0x02.")
		.says("IP type of service \"low cost\".");

	static final Key<Long> PROXY_BUFLEN = bytes("proxy_buflen").from((stream) -> stream.proxyBuffers().proxyBuffer())
		.says("Where a proxy fulfils the stream: most bytes that the proxy holds in each direction; 0 means 32768.");

	public static final Key<Long> PROXY_BUFLEN_ON = bytes("proxy_buflen_rxflow_on_above")
		.from((stream) -> stream.proxyBuffers().proxyFlowOnAbove())
		.says("Where a proxy fulfils the stream: onward reading stops while the proxy holds as many bytes for the client; "
				+ "0 means `proxy_buflen`.");

	public static final Key<Long> PROXY_BUFLEN_OFF = bytes("proxy_buflen_rxflow_off_below")
		.from((stream) -> stream.proxyBuffers().proxyFlowOffBelow())
		.says("Where a proxy fulfils the stream: reading goes on when the proxy holds fewer bytes for the client; 0 means "
				+ "half of `proxy_buflen_rxflow_on_above`.");

	static final Key<Long> CLIENT_BUFLEN = bytes("client_buflen").from((stream) -> stream.proxyBuffers().clientBuffer())
		.says("Where a proxy fulfils the stream: what the client is told to hold of a frame; 0 means 32768.");

	public static final Key<Long> CLIENT_BUFLEN_ON = bytes("client_buflen_rxflow_on_above")
		.from((stream) -> stream.proxyBuffers().clientFlowOnAbove())
		.missing(CLIENTS)
		.says("Where a proxy fulfils the stream: reading stops while the proxied client holds more bytes; 0: never.");

	public static final Key<Long> CLIENT_BUFLEN_OFF = bytes("client_buflen_rxflow_off_below")
		.from((stream) -> stream.proxyBuffers().clientFlowOffBelow())
		.missing(CLIENTS)
		.says("Where a proxy fulfils the stream: reading goes on when the proxied client holds fewer bytes.");

	private TrafficKeys() {
	}

	private static KeyRow<Long> bytes(String name) {
		return BUFFERS.key(name, Types.bytes(), Scope.CLIENT_CONNECTION).or(0L);
	}

	static TrafficClass trafficClass(Draft from) {
		TrafficClass trafficClass = new TrafficClass(from.get(ATTR_PRIORITY), from.get(ATTR_LOW_LATENCY),
				from.get(ATTR_HIGH_THROUGHPUT), from.get(ATTR_HIGH_RELIABILITY), from.get(ATTR_LOW_COST));
		return trafficClass.equals(TrafficClass.NORMAL) ? TrafficClass.NORMAL : trafficClass;
	}

	static ProxyBuffers proxyBuffers(Draft from) {
		ProxyBuffers buffers = new ProxyBuffers(from.get(PROXY_BUFLEN), from.get(PROXY_BUFLEN_ON),
				from.get(PROXY_BUFLEN_OFF), from.get(CLIENT_BUFLEN), from.get(CLIENT_BUFLEN_ON),
				from.get(CLIENT_BUFLEN_OFF));
		return buffers.equals(ProxyBuffers.DEFAULTS) ? ProxyBuffers.DEFAULTS : buffers;
	}

}
