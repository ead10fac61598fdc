package io.securestreams.system.auth;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.securestreams.SecureStreams;
import io.securestreams.Transport;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.WebSocketPolicy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.SystemBlobs.Blob;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Streams that need a token, on every protocol that carries one.
 */
@Timeout(60)
class AuthenticationTests {

	private static final String FORM = "grant_type=refresh_token&refresh_token=Atzr|abc%2F1&client_id=amzn1.app";

	private final TokenSite tokens = new TokenSite();

	private final SystemBlobs blobs = new SystemBlobs();

	private final List<AutoCloseable> open = new ArrayList<>(List.of(this.tokens));

	AuthenticationTests() throws IOException {
	}

	@AfterEach
	void stop() throws Exception {
		for (int i = this.open.size() - 1; i >= 0; i--) {
			this.open.get(i).close();
		}
	}

	private GuardedSite site(String protocol) {
		GuardedSite site = new GuardedSite(protocol);
		this.open.add(site);
		return site;
	}

	private SecureStreams engine(String auth, String streamtype, String more) {
		String policy = """
				{ "retry": [ { "r": { "backoff": [ 10 ], "conceal": 0 } } ],
				  "auth": [ %s ],
				  "s": [ { "tokens": { "endpoint": "127.0.0.1", "port": %d, "protocol": "h1", "http_method": "POST",
				      "http_url": "auth/o2/token", "http_www_form_urlencoded": true, "opportunistic": true %s },
				    "api": { "endpoint": "127.0.0.1", "http_method": "GET", "http_url": "/",
				      "opportunistic": true, "retry": "r", %s } } ] }
				""".formatted(auth, this.tokens.port(), more, streamtype);
		SecureStreams engine = SecureStreams.builder()
			.policy(PolicyJson.read(policy, "test").policy())
			.blobs(this.blobs)
			.awsKeys(AwsKeySources.NONE)
			.eventLoopThreads(2)
			.transport(Transport.NIO)
			.build();
		this.open.add(engine);
		return engine;
	}

	private SecureStreams lwa(GuardedSite site, String protocol) {
		this.blobs.set(Blob.AUTH_1, FORM);
		return engine("{ \"name\": \"amazon\", \"type\": \"lwa\", \"streamtype\": \"tokens\", \"blob\": 0 }",
				(protocol.equals("h2") ? "\"h2_prior_knowledge\": true, " : "") + "\"protocol\": \"" + protocol
						+ "\", \"port\": " + site.port() + ", \"use_auth\": \"amazon\"",
				"");
	}

	/** The states of one attempt. */
	private static List<StreamState> attempt(SecureStreams engine) {
		Watcher watcher = new Watcher();
		SecureStream stream = engine.create("api", watcher);
		stream.requestTx();
		return watcher.end();
	}

	@ParameterizedTest
	@ValueSource(strings = { "h1", "h2", "ws" })
	void aTokenIsFetchedOnceAndShown(String protocol) {
		GuardedSite site = site(protocol);
		SecureStreams engine = lwa(site, protocol);
		assertThat(attempt(engine)).contains(StreamState.CONNECTED);
		assertThat(attempt(engine)).contains(StreamState.CONNECTED);
		assertThat(site.seen).containsExactly("Bearer token-1", "Bearer token-1");
		assertThat(this.tokens.requests)
			.containsExactly("POST /auth/o2/token application/x-www-form-urlencoded null " + FORM);
		assertThat(this.blobs.get(Blob.AUTH)).asString().isEqualTo("token-1");
		AuthSnapshot snapshot = engine.authentication().get(0);
		assertThat(snapshot.state()).isEqualTo(AuthSnapshot.State.HELD);
		assertThat(Duration.between(snapshot.obtainedAt(), snapshot.validUntil())).isEqualTo(Duration.ofHours(1));
		assertThat(snapshot.toString()).doesNotContain("token-1", "Atzr");
	}

	@ParameterizedTest
	@ValueSource(strings = { "h1", "h2", "ws" })
	void aTokenThatIsNotAcceptedIsReplacedOnce(String protocol) {
		GuardedSite site = site(protocol);
		SecureStreams engine = lwa(site, protocol);
		this.blobs.set(Blob.AUTH, "old");
		site.accepted = (authorization) -> "Bearer token-1".equals(authorization);
		assertThat(attempt(engine)).contains(StreamState.CONNECTED).doesNotContain(StreamState.AUTH_FAILED);
		assertThat(site.seen).containsExactly("Bearer old", "Bearer token-1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "h1", "h2", "ws" })
	void whoIsNeverAcceptedHasFailed(String protocol) {
		GuardedSite site = site(protocol);
		SecureStreams engine = lwa(site, protocol);
		site.accepted = (authorization) -> false;
		Watcher watcher = new Watcher();
		SecureStream stream = engine.create("api", watcher);
		stream.requestTx();
		assertThat(watcher.end())
			.containsSubsequence(StreamState.CONNECTING, StreamState.AUTH_FAILED, StreamState.ALL_RETRIES_FAILED)
			.doesNotContain(StreamState.CONNECTED);
		assertThat(site.seen).containsExactly("Bearer token-1", "Bearer token-2");
		assertThat(stream.lastFailure().phase()).isEqualTo(StreamFailure.Phase.AUTH);
		assertThat(stream.lastFailure().toString()).doesNotContain("token-");
		AuthSnapshot snapshot = engine.authentication().get(0);
		assertThat(snapshot.state()).isEqualTo(AuthSnapshot.State.REFUSED);
		assertThat(snapshot.lastRefusal()).isEqualTo("a peer does not accept the token");
	}

	@ParameterizedTest
	@ValueSource(strings = { "h1", "h2", "ws" })
	void nothingLeavesWithoutAToken(String protocol) {
		GuardedSite site = site(protocol);
		SecureStreams engine = lwa(site, protocol);
		this.tokens.answers = (number) -> "400 {\"error\":\"invalid_grant\",\"error_description\":\"" + FORM + "\"}";
		for (int i = 0; i < 20; i++) {
			assertThat(attempt(engine)).contains(StreamState.AUTH_FAILED).doesNotContain(StreamState.CONNECTED);
		}
		assertThat(site.seen).isEmpty();
		assertThat(this.tokens.requests).as("no storm").hasSizeLessThan(4);
		AuthSnapshot snapshot = engine.authentication().get(0);
		assertThat(snapshot.state()).isEqualTo(AuthSnapshot.State.REFUSED);
		assertThat(snapshot.lastRefusal()).isEqualTo("the token server refuses: invalid_grant");
	}

	@ParameterizedTest
	@ValueSource(strings = { "200 <html>", "200 {}", "200 {\"access_token\":\"a\\nb\"}", "200 {\"access_token\":\"\"}",
			"200 {\"access_token\":\"a\",\"expires_in\":\"soon\"}", "200 {\"access_token\":\"a\",\"expires_in\":0}",
			"200 {\"access_token\":\"a\",\"token_type\":\"mac\"}", "200 {\"access_token\":\"a\"", "500 ", "302 " })
	void aMalformedAnswerIsNoToken(String answer) {
		GuardedSite site = site("h1");
		SecureStreams engine = lwa(site, "h1");
		this.tokens.answers = (number) -> answer;
		assertThat(attempt(engine)).contains(StreamState.AUTH_FAILED).doesNotContain(StreamState.CONNECTED);
		assertThat(site.seen).isEmpty();
		assertThat(this.blobs.get(Blob.AUTH)).isNull();
	}

	@Test
	void manyStreamsWaitForOneToken() {
		GuardedSite site = site("h1");
		SecureStreams engine = lwa(site, "h1");
		List<Watcher> watchers = IntStream.range(0, 200).mapToObj((i) -> {
			Watcher watcher = new Watcher();
			engine.create("api", watcher).requestTx();
			return watcher;
		}).toList();
		watchers.forEach((watcher) -> assertThat(watcher.end()).contains(StreamState.QOS_ACK_REMOTE));
		assertThat(this.tokens.requests).hasSize(1);
		assertThat(site.seen).hasSize(200).containsOnly("Bearer token-1");
	}

	@Test
	void aNewRefreshTokenTakesThePlaceOfTheOldOne() {
		GuardedSite site = site("h1");
		SecureStreams engine = lwa(site, "h1");
		this.tokens.answers = (number) -> "200 {\"access_token\":\"t\",\"refresh_token\":\"n|w\"}";
		attempt(engine);
		assertThat(this.blobs.get(Blob.AUTH_1)).asString()
			.isEqualTo("grant_type=refresh_token&refresh_token=n%7Cw&client_id=amzn1.app");
	}

	@Test
	void aClientGetsATokenWithItsPassword() {
		GuardedSite site = site("h1");
		this.blobs.set(Blob.AUTH_2, "me:s e/cret");
		SecureStreams engine = engine(
				"{ \"name\": \"idp\", \"type\": \"client_credentials\", \"streamtype\": \"tokens\", \"blob\": 1 }",
				"\"protocol\": \"h1\", \"port\": " + site.port()
						+ ", \"use_auth\": \"idp\", \"http_auth_header\": \"x-token:\"",
				", \"options\": [ { \"scope\": \"read write\" } ]");
		assertThat(attempt(engine)).contains(StreamState.QOS_ACK_REMOTE);
		assertThat(this.tokens.requests).containsExactly("POST /auth/o2/token application/x-www-form-urlencoded null "
				+ "grant_type=client_credentials&scope=read+write&client_id=me&client_secret=s+e%2Fcret");
		assertThat(site.seen).as("another header").containsExactly((String) null);
	}

	@Test
	void aPasswordGoesIntoTheHeaderWhereThereIsOne() {
		GuardedSite site = site("h1");
		this.blobs.set(Blob.AUTH_1, "me:secret");
		SecureStreams engine = engine(
				"{ \"name\": \"idp\", \"type\": \"client_credentials\", \"streamtype\": \"tokens\" }",
				"\"protocol\": \"h1\", \"port\": " + site.port() + ", \"use_auth\": \"idp\"",
				", \"metadata\": [ { \"basic\": \"authorization:\" } ]");
		assertThat(attempt(engine)).contains(StreamState.QOS_ACK_REMOTE);
		assertThat(this.tokens.requests).containsExactly("POST /auth/o2/token application/x-www-form-urlencoded "
				+ "Basic bWU6c2VjcmV0 grant_type=client_credentials");
		assertThat(site.seen).containsExactly("Bearer token-1");
	}

	@Test
	void whatCannotBeAskedForIsTold() {
		GuardedSite site = site("h1");
		SecureStreams engine = engine(
				"{ \"name\": \"idp\", \"type\": \"client_credentials\", \"streamtype\": \"tokens\" }",
				"\"protocol\": \"h1\", \"port\": " + site.port() + ", \"use_auth\": \"idp\"", "");
		Watcher watcher = new Watcher();
		SecureStream stream = engine.create("api", watcher);
		stream.requestTx();
		assertThat(watcher.end()).contains(StreamState.AUTH_FAILED);
		assertThat(stream.lastFailure().message())
			.isEqualTo("no token of auth \"idp\": auth blob 1, which a token is asked for with, is not set"
					+ " (secure-streams.blobs.auth-1, or SecureStreams.blobs())");
		this.blobs.set(Blob.AUTH, "by hand");
		stream.requestTx();
		assertThat(watcher.end()).contains(StreamState.QOS_ACK_REMOTE);
		assertThat(site.seen).containsExactly("Bearer by hand");
	}

	@ParameterizedTest
	@ValueSource(strings = { "h1", "h2", "ws" })
	void aTokenThatIsRefusedIsShownSoAlsoIfThereIsNoOtherToBeHad(String protocol) {
		GuardedSite site = site(protocol);
		SecureStreams engine = lwa(site, protocol);
		this.blobs.set(Blob.AUTH_1, (byte[]) null);
		this.blobs.set(Blob.AUTH, "by hand");
		site.accepted = (authorization) -> false;
		assertThat(attempt(engine)).contains(StreamState.AUTH_FAILED);
		AuthSnapshot refused = engine.authentication().get(0);
		assertThat(refused.state()).isEqualTo(AuthSnapshot.State.REFUSED);
		assertThat(refused.lastRefusal()).isEqualTo("a peer does not accept the token");
		this.blobs.set(Blob.AUTH, "another");
		assertThat(engine.authentication().get(0).state()).isEqualTo(AuthSnapshot.State.HELD);
		this.blobs.set(Blob.AUTH, "by hand");
		assertThat(engine.authentication().get(0).state()).isEqualTo(AuthSnapshot.State.REFUSED);
		site.accepted = (authorization) -> true;
		assertThat(attempt(engine)).contains(StreamState.CONNECTED);
		assertThat(engine.authentication().get(0).state()).isEqualTo(AuthSnapshot.State.HELD);
	}

	/**
	 * Collects states until the attempt is over.
	 */
	static final class Watcher implements StreamHandler {

		private final BlockingQueue<StreamState> states = new LinkedBlockingQueue<>();

		/** Stays connected. */
		private volatile boolean socket;

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			StreamPolicy policy = stream.policy();
			this.socket = policy != null && policy.protocol() instanceof WebSocketPolicy;
			this.states.add(state);
		}

		List<StreamState> end() {
			List<StreamState> all = new ArrayList<>();
			try {
				while (true) {
					StreamState next = this.states.poll(20, TimeUnit.SECONDS);
					if (next == null) {
						throw new AssertionError("no end: " + all);
					}
					all.add(next);
					if ((this.socket && next == StreamState.CONNECTED) || next == StreamState.DISCONNECTED
							|| next == StreamState.ALL_RETRIES_FAILED) {
						return all;
					}
				}
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
