package io.securestreams.transport.local;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.StreamState;
import io.securestreams.transport.JdkPeer;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class FileStreamTests {

	private static final int CHUNK = 64 * 1024;

	private final SecureStreams streams = SecureStreams.builder().eventLoopThreads(1).build();

	private final EventRecorder recorder = new EventRecorder();

	@TempDir
	private Path directory;

	@AfterEach
	void stop() {
		this.streams.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "raw", "h1" })
	void deliversASmallFileAsOneMessage(String protocol) throws Exception {
		Path file = Files.writeString(this.directory.resolve("small"), "hello");
		policy(protocol, "file://" + file, 0, "");
		SecureStream stream = this.streams.create("test", this.recorder);
		stream.connect();
		this.recorder.await(StreamState.DISCONNECTED);
		assertThat(this.recorder.events).containsExactly("CREATING", "CONNECTING", "CONNECTED", "<\"hello\">",
				"DISCONNECTED");
		assertThat(stream.snapshot().peer()).isEqualTo("file://" + file);
		assertThat(stream.lastFailure()).isNull();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 10 * CHUNK, 10 * CHUNK + 5 })
	void deliversAnySizeInChunks(int size) throws Exception {
		byte[] content = content(size);
		policy("raw", "file://" + Files.write(this.directory.resolve("any"), content), 0, "");
		this.streams.create("test", this.recorder).connect();
		this.recorder.await(StreamState.DISCONNECTED);
		assertThat(this.recorder.bytes()).isEqualTo(content);
		assertThat(this.recorder.events.stream().filter((event) -> event.startsWith("<"))).hasSize(1);
		assertThat(this.recorder.events.stream().filter((event) -> event.endsWith(">"))).hasSize(1);
		assertThat(this.recorder.events.get(3)).startsWith("<");
		assertThat(this.recorder.events.get(this.recorder.events.size() - 2)).endsWith(">");
		assertThat(this.recorder.threads.stream().map(Thread::getName).distinct())
			.allMatch((name) -> name.matches("secure-streams-\\d+"))
			.hasSize(1);
	}

	@Test
	void readsAgainWheneverItConnects() throws Exception {
		Path file = Files.writeString(this.directory.resolve("again"), "one");
		policy("raw", "file://" + file, 0, "");
		SecureStream stream = this.streams.create("test", this.recorder);
		stream.connect();
		this.recorder.await(StreamState.DISCONNECTED);
		Files.writeString(file, "two");
		stream.connect();
		this.recorder.await("<\"two\">");
	}

	@Test
	void takesThePathFromMetadata() throws Exception {
		Files.writeString(this.directory.resolve("named"), "content");
		policy("raw", "file://" + this.directory + "/${name}", 0, "");
		SecureStream stream = this.streams.create("test", this.recorder);
		stream.metadata().set("name", "named");
		stream.connect();
		this.recorder.await(StreamState.DISCONNECTED);
		assertThat(this.recorder.events).contains("<\"content\">");
	}

	@Test
	void metadataCannotMakeAFileOfAHost() throws Exception {
		Path file = Files.writeString(this.directory.resolve("secret"), "from a file");
		policy("raw", "${name}", 0, "");
		SecureStream stream = this.streams.create("test", this.recorder);
		try (JdkPeer peer = JdkPeer.tcp((socket) -> socket.getOutputStream().write("from a host".getBytes()))) {
			stream.metadata().set("name", "127.0.0.1:" + peer.port());
			stream.connect();
			this.recorder.await("\"from a host\"");
			stream.disconnect();
			this.recorder.await(StreamState.DISCONNECTED);
		}
		stream.metadata().set("name", "file://" + file);
		stream.connect();
		this.recorder.await(StreamState.ALL_RETRIES_FAILED);
		assertThat(this.recorder.events).noneMatch((event) -> event.contains("from a file"));
		assertThat(stream.lastFailure()).isNotNull().satisfies((failure) -> {
			assertThat(failure.phase()).isEqualTo(Phase.POLICY);
			assertThat(failure.message()).contains("metadata may not bring \"file://\"").doesNotContain("secret");
		});
	}

	@Test
	void metadataDoesNotLeadOutOfTheDirectory() throws Exception {
		Files.writeString(this.directory.resolve("secret"), "from a file");
		Path inner = Files.createDirectory(this.directory.resolve("inner"));
		policy("raw", "file://" + inner + "/${name}", 0, "");
		SecureStream stream = this.streams.create("test", this.recorder);
		stream.metadata().set("name", "../secret");
		stream.connect();
		this.recorder.await(StreamState.ALL_RETRIES_FAILED);
		assertThat(this.recorder.events).noneMatch((event) -> event.contains("from a file"));
	}

	@Test
	void triesAgainWhenTheFileCannotBeOpened() {
		policy("raw", "file://" + this.directory.resolve("missing"), 2, "");
		SecureStream stream = this.streams.create("test", this.recorder);
		stream.connect();
		this.recorder.await(StreamState.ALL_RETRIES_FAILED);
		assertThat(this.recorder.events).containsExactly("CREATING", "CONNECTING", "UNREACHABLE", "POLL", "CONNECTING",
				"UNREACHABLE", "POLL", "CONNECTING", "UNREACHABLE", "ALL_RETRIES_FAILED");
		assertThat(stream.lastFailure()).isNotNull().satisfies((failure) -> {
			assertThat(failure.phase()).isEqualTo(Phase.CONNECT);
			assertThat(failure.message()).endsWith("missing\": no such file");
			assertThat(failure.unsent()).isTrue();
		});
	}

	@Test
	void readsRegularFilesOnly() {
		policy("raw", "file://" + this.directory, 0, "");
		SecureStream stream = this.streams.create("test", this.recorder);
		stream.connect();
		this.recorder.await(StreamState.ALL_RETRIES_FAILED);
		assertThat(stream.lastFailure()).isNotNull()
			.satisfies((failure) -> assertThat(failure.message()).endsWith(": not a regular file"));
	}

	@Test
	void refusesWhatIsNoPath() {
		policy("raw", "file://${name}", 0, "");
		SecureStream stream = this.streams.create("test", this.recorder);
		stream.metadata().set("name", "a\0b");
		stream.connect();
		this.recorder.await(StreamState.ALL_RETRIES_FAILED);
		assertThat(stream.lastFailure()).isNotNull();
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void readsFilesThatDoNotKnowTheirSize() {
		policy("raw", "file:///proc/self/status", 0, "");
		this.streams.create("test", this.recorder).connect();
		this.recorder.await(StreamState.DISCONNECTED);
		assertThat(new String(this.recorder.bytes())).contains("Name:").contains("Threads:");
	}

	@Test
	void connectsByItselfWhenNailedUp() throws Exception {
		Path file = Files.writeString(this.directory.resolve("nailed"), "up");
		policy("raw", "file://" + file, 0, "\"nailed_up\": true,");
		this.streams.create("test", this.recorder);
		this.recorder.await(StreamState.DISCONNECTED);
		assertThat(this.recorder.events).endsWith("CONNECTED", "<\"up\">", "DISCONNECTED");
	}

	@Test
	void waitsWhileReceivingIsPaused() throws Exception {
		byte[] content = content(20 * CHUNK);
		policy("raw", "file://" + Files.write(this.directory.resolve("slow"), content), 0, "");
		EventRecorder pausing = new EventRecorder() {
			@Override
			public void onReceive(SecureStream stream, Payload payload) {
				super.onReceive(stream, payload);
				stream.pauseReceiving();
				record("paused");
			}
		};
		SecureStream stream = this.streams.create("test", pausing);
		stream.connect();
		AtomicInteger chunks = new AtomicInteger();
		while (!pausing.events.contains("DISCONNECTED")) {
			pausing.await("paused");
			// Nothing comes between a pause and what undoes it
			long received = pausing.events.stream().filter((event) -> event.contains("bytes")).count();
			assertThat(received).isLessThanOrEqualTo(chunks.incrementAndGet());
			pausing.events.remove("paused");
			stream.resumeReceiving();
			if (received == 20) {
				pausing.await(StreamState.DISCONNECTED);
			}
		}
		assertThat(pausing.bytes()).isEqualTo(content);
	}

	@Test
	void stopsReadingWhenTheApplicationLetsGo() throws Exception {
		policy("raw", "file://" + Files.write(this.directory.resolve("big"), content(50 * CHUNK)), 0, "");
		EventRecorder leaving = new EventRecorder() {
			@Override
			public void onReceive(SecureStream stream, Payload payload) {
				super.onReceive(stream, payload);
				stream.close();
			}
		};
		this.streams.create("test", leaving).connect();
		leaving.await(StreamState.DESTROYING);
		assertThat(leaving.events).containsExactly("CREATING", "CONNECTING", "CONNECTED", "<65536 bytes",
				"DISCONNECTED", "DESTROYING");
	}

	@Test
	void endsWithTheEngineInTheMiddleOfAFile() throws Exception {
		policy("raw", "file://" + Files.write(this.directory.resolve("big"), content(200 * CHUNK)), 0, "");
		this.streams.create("test", this.recorder).connect();
		this.recorder.await("<65536 bytes");
		this.streams.close();
		assertThat(this.recorder.events).endsWith("DISCONNECTED", "DESTROYING");
	}

	private void policy(String protocol, String endpoint, int conceal, String more) {
		String text = """
				{"release":"01234567","product":"test","schema-version":1,
				 "retry":[{"default":{"backoff":[1],"conceal":%d,"jitterpc":1,"svalidping":0,"svalidhup":0}}],
				 "s":[{"test":{"endpoint":"%s","port":1,"protocol":"%s",%s"opportunistic":true,"retry":"default",
				 "metadata":[{"name":""}]}}]}
				""".formatted(conceal, endpoint, protocol, more);
		this.streams.updatePolicy((policy) -> PolicyJson.read(text, "test").policy());
	}

	private static byte[] content(int size) {
		byte[] content = new byte[size];
		new Random(size).nextBytes(content);
		return content;
	}

}
