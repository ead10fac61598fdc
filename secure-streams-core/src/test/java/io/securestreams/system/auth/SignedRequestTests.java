package io.securestreams.system.auth;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.securestreams.SecureStreams;
import io.securestreams.Transport;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.system.auth.CanonicalRequest.PathForm;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Signed requests as a server sees them that checks signature and hash.
 */
@Timeout(60)
class SignedRequestTests {

	private static final AwsKey KEY = new AwsKey("AKID", "secret", null);

	private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);

	/** Verdict, content length and length of the body of each request. */
	private final List<String> seen = new CopyOnWriteArrayList<>();

	private final SystemBlobs blobs = new SystemBlobs().setAwsKey(0, KEY.id(), KEY.secret(), null);

	/** Of requests that are signed well. */
	private volatile int status = 200;

	private volatile String url = "a%20b?z=1&a=%2F";

	SignedRequestTests() throws IOException {
		this.server.createContext("/", this::check);
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.server.stop(0);
	}

	private void check(HttpExchange exchange) throws IOException {
		byte[] body = exchange.getRequestBody().readAllBytes();
		String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
		TreeMap<String, List<String>> headers = new TreeMap<>();
		exchange.getRequestHeaders().forEach((name, values) -> {
			if (authorization.contains(name.toLowerCase(Locale.ROOT))) {
				headers.put(name.toLowerCase(Locale.ROOT), values);
			}
		});
		String hash = SigV4Signature.hex(SigV4Signature.sha256(body));
		SigV4Signature expected = SigV4Signature.of(KEY, "eu-west-1", "execute-api",
				exchange.getRequestHeaders().getFirst("x-amz-date"), CanonicalRequest.of(exchange.getRequestMethod(),
						exchange.getRequestURI().toString(), PathForm.NORMALIZED, headers, hash));
		boolean good = expected.authorization().equals(authorization);
		this.seen.add(good + " " + exchange.getRequestHeaders().getFirst("Content-length") + " " + body.length);
		exchange.sendResponseHeaders(good ? this.status : 403, -1);
		exchange.close();
	}

	private static StreamState transact(SecureStreams engine) {
		Sender sender = new Sender(new byte[0], -1, 1, false);
		engine.create("api", sender);
		return sender.end.join();
	}

	private SecureStreams engine(String method) {
		String policy = """
				{ "auth": [ { "name": "aws", "type": "sigv4", "blob": 0 } ],
				  "s": [ { "api": { "endpoint": "127.0.0.1", "port": %d, "protocol": "h1", "http_method": "%s",
				    "http_url": "%s", "opportunistic": true, "use_auth": "aws", "aws_region": "region",
				    "aws_service": "service", "metadata": [ { "region": "" }, { "service": "" },
				    { "type": "content-type:" } ] } } ] }
				""".formatted(this.server.getAddress().getPort(), method, this.url);
		return SecureStreams.builder()
			.policy(PolicyJson.read(policy, "test").policy())
			.blobs(this.blobs)
			.awsKeys(AwsKeySources.NONE)
			.eventLoopThreads(1)
			.transport(Transport.NIO)
			.build();
	}

	private StreamState transact(String method, byte[] body, long announced, int slotSize, boolean elsewhere) {
		Sender sender = new Sender(body, announced, slotSize, elsewhere);
		try (SecureStreams engine = engine(method)) {
			SecureStream stream = engine.create("api", sender);
			return sender.end.join();
		}
	}

	@Test
	void aRequestWithoutBody() {
		assertThat(transact("GET", new byte[0], -1, 1, false)).isEqualTo(StreamState.QOS_ACK_REMOTE);
		assertThat(this.seen).containsExactly("true null 0");
	}

	@ParameterizedTest
	@CsvSource({ "POST,5000,-1,3,false", "POST,5000,5000,700,true", "PUT,65536,-1,65536,true", "POST,0,-1,1,false",
			"POST,1,1,1,true" })
	void aBodyIsHashedBeforeItIsSent(String method, int length, long announced, int slotSize, boolean elsewhere) {
		byte[] body = new byte[length];
		Arrays.fill(body, (byte) 'x');
		assertThat(transact(method, body, announced, slotSize, elsewhere)).isEqualTo(StreamState.QOS_ACK_REMOTE);
		assertThat(this.seen).containsExactly("true " + length + " " + length);
	}

	@Test
	void aBodyThatIsTooLongToBeKeptIsNotSent() {
		assertThat(transact("POST", new byte[70_000], -1, 65536, false)).isEqualTo(StreamState.ALL_RETRIES_FAILED);
		assertThat(this.seen).isEmpty();
	}

	@Test
	void howItStandsWithTheKeyIsShownWithoutTheKey() {
		Sender sender = new Sender(new byte[0], -1, 1, false);
		try (SecureStreams engine = engine("GET")) {
			assertThat(engine.authentication()).singleElement()
				.isEqualTo(new AuthSnapshot("aws", "sigv4", 0, AuthSnapshot.State.HELD, null, null, null, "", 0));
			this.blobs.set(SystemBlobs.Blob.AUTH, (byte[]) null);
			assertThat(engine.authentication().get(0).state()).isEqualTo(AuthSnapshot.State.NONE);
			engine.create("api", sender);
			assertThat(sender.end.join()).isEqualTo(StreamState.ALL_RETRIES_FAILED);
			AuthSnapshot refused = engine.authentication().get(0);
			assertThat(refused.state()).isEqualTo(AuthSnapshot.State.REFUSED);
			assertThat(refused.lastRefusal())
				.isEqualTo("no access key of AWS: blob 0 has none, nor has the environment");
			assertThat(refused.lastRefusalAt()).isNotNull();
		}
	}

	@ParameterizedTest
	@CsvSource({ "401, ALL_RETRIES_FAILED, a peer does not accept the key",
			"403, QOS_NACK_REMOTE, a peer answers 403 to what the key has signed" })
	void aKeyThatIsRefusedIsShownSoUntilItIsAcceptedOrThereIsAnother(int refusal, StreamState end, String reason) {
		byte[] key = this.blobs.get(SystemBlobs.Blob.AUTH);
		try (SecureStreams engine = engine("GET")) {
			this.status = refusal;
			assertThat(transact(engine)).isEqualTo(end);
			AuthSnapshot refused = engine.authentication().get(0);
			assertThat(refused.state()).isEqualTo(AuthSnapshot.State.REFUSED);
			assertThat(refused.lastRefusal()).isEqualTo(reason);
			assertThat(refused.lastRefusalAt()).isNotNull();
			assertThat(refused.toString()).doesNotContain(KEY.id(), KEY.secret());
			this.blobs.set(SystemBlobs.Blob.AUTH, "another:key");
			assertThat(engine.authentication().get(0).state()).isEqualTo(AuthSnapshot.State.HELD);
			this.blobs.set(SystemBlobs.Blob.AUTH, key);
			assertThat(engine.authentication().get(0).state()).isEqualTo(AuthSnapshot.State.REFUSED);
			this.status = 500;
			transact(engine);
			assertThat(engine.authentication().get(0).state()).isEqualTo(AuthSnapshot.State.REFUSED);
			this.status = 200;
			assertThat(transact(engine)).isEqualTo(StreamState.QOS_ACK_REMOTE);
			assertThat(engine.authentication().get(0).state()).isEqualTo(AuthSnapshot.State.HELD);
			assertThat(engine.authentication().get(0).lastRefusal()).isEqualTo(reason);
		}
	}

	@Test
	void nothingIsSentWithoutAKey() {
		this.blobs.set(SystemBlobs.Blob.AUTH, (byte[]) null);
		assertThat(transact("GET", new byte[0], -1, 1, false)).isEqualTo(StreamState.ALL_RETRIES_FAILED);
		assertThat(this.seen).isEmpty();
	}

	/**
	 * Sends a body in slots, if need be from another thread.
	 */
	private static final class Sender implements StreamHandler {

		final CompletableFuture<StreamState> end = new CompletableFuture<>();

		private final byte[] body;

		private final long announced;

		private final int slotSize;

		private final boolean elsewhere;

		private int sent;

		Sender(byte[] body, long announced, int slotSize, boolean elsewhere) {
			this.body = body;
			this.announced = announced;
			this.slotSize = slotSize;
			this.elsewhere = elsewhere;
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			switch (state) {
				case CREATING -> {
					stream.metadata()
						.set("region", "eu-west-1")
						.set("service", "execute-api")
						.set("type", "text/plain");
					if (this.announced >= 0) {
						stream.requestTx(this.announced);
					}
					else {
						stream.requestTx();
					}
				}
				case QOS_ACK_REMOTE, QOS_NACK_REMOTE, ALL_RETRIES_FAILED -> this.end.complete(state);
				default -> {
				}
			}
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			int length = Math.min(Math.min(slot.capacity(), this.slotSize), this.body.length - this.sent);
			int from = this.sent;
			this.sent += length;
			boolean last = this.sent == this.body.length;
			if (this.elsewhere) {
				var detached = slot.detach();
				Thread thread = new Thread(() -> {
					write(detached, from, length, last);
					detached.submit();
				});
				thread.setDaemon(true);
				thread.start();
			}
			else {
				write(slot, from, length, last);
			}
			if (!last) {
				stream.requestTx();
			}
		}

		private void write(TxSlot slot, int from, int length, boolean last) {
			slot.write(this.body, from, length);
			if (last) {
				slot.end();
			}
		}

	}

}
