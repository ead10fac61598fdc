package io.securestreams.transport.mqtt;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.transport.mqtt.settings.ConnectSettings;
import io.securestreams.transport.mqtt.settings.ConnectSettings.Message;
import io.securestreams.transport.mqtt.frame.ConnectPacket;
import io.securestreams.transport.mqtt.settings.ConnectRequest;
import io.securestreams.transport.mqtt.settings.MqttServices;

/**
 * All sessions of one executor.
 */
final class BrokerSessions {

	private static final Logger log = LoggerFactory.getLogger(BrokerSessions.class);

	/** Most sessions that are remembered although no stream uses them. */
	private static final int MAX_UNUSED = 64;

	/** So many have a client id of their own. */
	private static final int MAX_LANE = 0x8000;

	/** Most warnings that are remembered in order not to be repeated. */
	private static final int MAX_WARNED = 256;

	private final StreamExecutor executor;

	private final MqttServices services;

	private final ConnectRequest requests;

	private final Map<ConnectSettings, BrokerSession> sessions = new LinkedHashMap<>();

	/** One for each stream, for it may go from one session to another. */
	private final Map<ClientLink, StreamOwner> owners = new IdentityHashMap<>();

	private final Set<String> warned = new HashSet<>();

	BrokerSessions(StreamExecutor executor, MqttServices services) {
		this.executor = executor;
		this.services = services;
		this.requests = new ConnectRequest(services.random(), services.limits().maxPacketSize(),
				BrokerPackets.MAX_ALIAS);
	}

	/**
	 * Makes the packet a connection begins with.
	 * @param settings the settings
	 * @return the packet
	 */
	ConnectPacket connectPacket(ConnectSettings settings) {
		return this.requests.packet(settings);
	}

	MqttServices services() {
		return this.services;
	}

	/** A stream as its sessions know it. */
	StreamOwner owner(ClientLink link) {
		return this.owners.computeIfAbsent(link, (key) -> new StreamOwner());
	}

	/** A stream is no more. */
	void gone(ClientLink link) {
		this.owners.remove(link);
	}

	/**
	 * Finds the session for a stream.
	 * @param wanted its settings
	 * @param link the stream
	 * @param filters what it subscribes to
	 * @param last where the stream was before, or {@code null}
	 * @return the session
	 */
	BrokerSession find(ConnectSettings wanted, ClientLink link, List<String> filters, @Nullable BrokerSession last) {
		if (last != null && this.sessions.get(last.settings()) == last && fits(last, link, wanted, filters)) {
			return adopt(last, wanted);
		}
		BrokerSession found = this.sessions.get(wanted);
		if (found == null) {
			found = this.sessions.values()
				.stream()
				.filter((each) -> each.settings().lane() == 0 && isSuccessor(each, wanted))
				.findFirst()
				.map((each) -> adopt(each, wanted))
				.orElseGet(() -> get(apart(wanted, link)));
		}
		return clashes(found, link, filters) ? another(found.settings(), link, filters) : found;
	}

	private BrokerSession get(ConnectSettings settings) {
		return this.sessions.computeIfAbsent(settings,
				(key) -> new BrokerSession(this, key, this.executor, this.services.limits()));
	}

	private static boolean fits(BrokerSession session, ClientLink link, ConnectSettings wanted, List<String> filters) {
		return (session.settings().withLane(0).equals(wanted) || isSuccessor(session, wanted))
				&& !clashes(session, link, filters);
	}

	/** Whether the policy has changed, but not who the client is. */
	private static boolean isSuccessor(BrokerSession session, ConnectSettings wanted) {
		return !wanted.clientId().isEmpty() && !session.hasMembers()
				&& session.settings().clientId().equals(wanted.clientId());
	}

	private BrokerSession adopt(BrokerSession session, ConnectSettings wanted) {
		ConnectSettings next = wanted.withLane(session.settings().lane());
		if (!session.settings().equals(next)) {
			this.sessions.remove(session.settings());
			session.settings(next);
			this.sessions.put(next, session);
		}
		return session;
	}

	/** Whether nothing would tell the copies of a message apart that filters bring. */
	private static boolean clashes(BrokerSession session, ClientLink link, List<String> filters) {
		return session.subscriptions().clash(filters, link);
	}

	/** A connection for filters that overlap with those of the usual one. */
	private BrokerSession another(ConnectSettings usual, ClientLink link, List<String> filters) {
		for (BrokerSession session : this.sessions.values()) {
			if (session.settings().withLane(0).equals(usual.withLane(0)) && !clashes(session, link, filters)) {
				return session;
			}
		}
		ConnectSettings settings = usual.withLane(1 + (filters.hashCode() & MAX_LANE - 1));
		while (this.sessions.containsKey(settings)) {
			settings = settings.withLane(settings.lane() % MAX_LANE + 1);
		}
		if (this.warned.size() < MAX_WARNED && this.warned.add(link.policy().name() + " " + filters)) {
			log.warn(
					"[{}] does not share the connection to {}: its filters {} overlap with others there, so that "
							+ "messages could come twice{}",
					link.tag(), usual.origin().address(), filters, usual.clientId().isEmpty() ? ""
							: "; it connects as client \"" + ConnectRequest.clientId(settings) + "\"");
		}
		return get(settings);
	}

	private static String hex(int hash) {
		return Integer.toHexString(0x10000 | (0xffff & hash)).substring(1);
	}

	/** Two connections of one client id would throw each other out. */
	private ConnectSettings apart(ConnectSettings wanted, ClientLink link) {
		ConnectSettings settings = wanted;
		for (BrokerSession other : this.sessions.values()) {
			if (!other.hasMembers() || other.settings().withLane(0).equals(wanted)
					|| !other.settings().origin().address().equals(wanted.origin().address())) {
				continue;
			}
			List<String> differences = wanted.differences(other.settings());
			String type = other.members().iterator().next().link().policy().name();
			boolean same = other.settings().clientId().equals(wanted.clientId());
			if (same && !wanted.clientId().isEmpty()) {
				settings = wanted.withClientId(wanted.clientId() + "-" + suffix(wanted));
			}
			String warning = link.policy().name() + " " + type + " " + differences;
			if (same && this.warned.size() < MAX_WARNED && this.warned.add(warning)) {
				log.warn("[{}] does not share the connection of streamtype {} to {}: they differ in {}{}", link.tag(),
						type, wanted.origin().address(), String.join(", ", differences),
						(settings != wanted) ? "; it connects as client \"" + settings.clientId() + "\"" : "");
			}
		}
		return settings;
	}

	/** The same at the next start, as a kept session needs it. */
	private static String suffix(ConnectSettings settings) {
		Message will = settings.will();
		return hex(Objects.hash(settings.keepAliveSeconds(), settings.cleanStart(), (will != null) ? will.topic() : "",
				(will != null) ? will.payload() : ""));
	}

	/** A session has neither a connection nor streams. */
	void idle(BrokerSession session) {
		if (session.hasMembers() || !session.isIdle()) {
			return;
		}
		if (!session.isWorthKeeping()) {
			forget(session);
			return;
		}
		List<BrokerSession> unused = new ArrayList<>(this.sessions.values());
		unused.removeIf((each) -> each.hasMembers() || each.isUsed() || !each.isIdle());
		for (int i = 0; i < unused.size() - MAX_UNUSED; i++) {
			forget(unused.get(i));
		}
	}

	private void forget(BrokerSession session) {
		this.sessions.remove(session.settings(), session);
		session.release();
	}

	/** Closes everything; streams are told. */
	void close() {
		List.copyOf(this.sessions.values()).forEach(BrokerSession::close);
		this.sessions.clear();
	}

}
