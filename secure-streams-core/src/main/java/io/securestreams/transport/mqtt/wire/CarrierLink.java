package io.securestreams.transport.mqtt.wire;

import java.util.List;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.MetadataAccess;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.http.Http2Policy;
import io.securestreams.policy.http.HttpBody;
import io.securestreams.policy.http.HttpOutcome;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.http.IdentityHeaders;
import io.securestreams.policy.MqttPolicy;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.http.RedirectPolicy;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.Template;
import io.securestreams.policy.http.WebSocketOptions;
import io.securestreams.policy.WebSocketPolicy;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamOptions;
import io.securestreams.stream.platform.WakeLock;

/**
 * An MQTT stream as the transport of its WebSocket sees it: with the policy that a
 * WebSocket stream to the same peer would have.
 */
final class CarrierLink implements ClientLink {

	static final ConnectionTimings NO_TIMINGS = new ConnectionTimings(null, 0, 0, 0, 0, 0, List.of(), null, 0);

	private static final String SUBPROTOCOL = "mqtt";

	private static final Template PATH = Template.parse("/mqtt");

	private final ClientLink carried;

	private final WebSocketWire wire;

	private final StreamPolicy policy;

	private final Target target;

	private final @Nullable Socks5Proxy socks5;

	CarrierLink(ClientLink carried, WebSocketWire wire) {
		this.carried = carried;
		this.wire = wire;
		this.target = carried.target();
		this.socks5 = carried.socks5();
		StreamPolicy own = carried.policy();
		boolean overHttp2 = ((MqttPolicy) own.protocol()).options().overHttp2();
		HttpPolicy handshake = new HttpPolicy(Protocol.H1, HttpPolicy.DEFAULT_METHOD, PATH, HttpOutcome.DEFAULT,
				RedirectPolicy.REFUSE, IdentityHeaders.NONE, HttpBody.PLAIN, false, Http2Policy.DEFAULT, null);
		this.policy = new StreamPolicy(own.name(), own.role(), own.endpoint(),
				new WebSocketPolicy(handshake, new WebSocketOptions(SUBPROTOCOL, true, false, false, overHttp2)),
				own.tls(), own.persistence(), own.trafficClass(), List.of(), StreamPolicy.Features.NONE,
				own.proxyBuffers());
	}

	@Override
	public String tag() {
		return this.carried.tag();
	}

	@Override
	public StreamPolicy policy() {
		return this.policy;
	}

	@Override
	public MetadataAccess metadata() {
		return this.carried.metadata();
	}

	@Override
	public StreamExecutor executor() {
		return this.carried.executor();
	}

	@Override
	public WakeLock wakeLock() {
		return this.carried.wakeLock();
	}

	@Override
	public @Nullable Socks5Proxy socks5() {
		return this.socks5;
	}

	@Override
	public StreamOptions options() {
		return StreamOptions.DEFAULTS;
	}

	@Override
	public Target target() {
		return this.target;
	}

	@Override
	public boolean txRequested() {
		return true;
	}

	@Override
	public long txLength() {
		return -1;
	}

	@Override
	public void connected(String peer) {
		this.wire.connected(peer);
	}

	@Override
	public void timings(ConnectionTimings timings) {
		this.wire.timings(timings);
	}

	@Override
	public void received(ByteBuf payload, int flags) {
		this.wire.received(payload);
	}

	@Override
	public void writable(int capacity) {
		this.wire.writable(capacity);
	}

	@Override
	public void closed(StreamFailure failure) {
		this.wire.ended(failure);
	}

	@Override
	public void completed() {
		this.wire.completed();
	}

	@Override
	public void acknowledged(long ordinal) {
	}

	@Override
	public void rejected(long ordinal) {
	}

	@Override
	public void bodyless() {
	}

	@Override
	public void userState(int userState) {
	}

}
