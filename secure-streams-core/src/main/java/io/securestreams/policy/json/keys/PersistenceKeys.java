package io.securestreams.policy.json.keys;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import io.securestreams.policy.Persistence;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.policy.json.table.Draft;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.table.Scope;
import io.securestreams.policy.json.table.Theme;
import io.securestreams.policy.json.table.Types;
import io.securestreams.policy.json.table.Values;

/**
 * How hard a streamtype holds on to its connection.
 */
public final class PersistenceKeys {

	static final Theme THEME = new Theme("Connection and retry",
			"When the connection is made, what happens when it is lost, and how often it is tried again.");

	public static final Key<Boolean> OPPORTUNISTIC = THEME.flag("opportunistic", Scope.CLIENT_CONNECTION)
		.from((stream) -> stream.persistence().opportunistic())
		.more("Without it a lost connection is made again by itself; after a completed HTTP transaction it is not.")
		.says("Whether a connection that is lost stays lost until it is needed.");

	public static final Key<Boolean> NAILED_UP = THEME.flag("nailed_up", Scope.CLIENT_CONNECTION)
		.from((stream) -> stream.persistence().nailedUp())
		.more("""
				Without it, it connects when the application has something to send or asks for it. With \
				`opportunistic` too, a connection that is lost stays lost.""")
		.says("Whether the stream connects by itself when it is created.");

	static final Key<RetryPolicy> RETRY = THEME
		.key("retry", Types.reference("retry", (value, document) -> document.retries().reference(value, document)),
				Scope.CONNECTION)
		.or(RetryPolicy.NONE)
		.from((stream) -> stream.persistence().retry())
		.otherwise("a single attempt; peers are checked after 40 s of silence, and dropped after 50 s")
		.example("\"retry\": \"default\"")
		.says("Backoff scheme; a single attempt if not given. A name from \"retry\", defined above.");

	static final Key<Duration> TIMEOUT_MS = THEME
		.key("timeout_ms", Types.duration(ChronoUnit.MILLIS, "ms", Values.U32), Scope.ANY)
		.or(Duration.ZERO)
		.from((stream) -> stream.persistence().timeout())
		.more("It never starts by itself. The template of the Spring starter uses it as the time limit of a "
				+ "transaction.")
		.says("Timeout that startTimeout() uses, ms; 0: none.");

	static final Key<Boolean> SWAKE_VALIDITY = THEME.flag("swake_validity", Scope.CONNECTION)
		.from((stream) -> stream.persistence().wakeForValidity())
		.more("The application has to bring a wake lock; without one nothing changes.")
		.says("Whether checks of the connection may wake a suspended system.");

	private PersistenceKeys() {
	}

	static Persistence policy(Draft from) {
		return new Persistence(from.get(OPPORTUNISTIC), from.get(NAILED_UP), from.get(RETRY), from.get(TIMEOUT_MS),
				from.get(SWAKE_VALIDITY));
	}

}
