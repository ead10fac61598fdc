package io.securestreams.demo.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.securestreams.demo.DemoApplication;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The client program in this process, against the JDK's HTTP server.
 */
@ExtendWith(OutputCaptureExtension.class)
class ClientProgramTests {

	@TempDir
	static Path directory;

	private static HttpServer server;

	private static ServerSocket silent;

	private static Path policy;

	private final JsonMapper json = new JsonMapper();

	private int exitCode;

	private List<JsonNode> events = List.of();

	@BeforeAll
	static void startServer() throws IOException {
		server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/page", (exchange) -> answer(exchange, 200, "hello"));
		server.createContext("/echo", ClientProgramTests::echo);
		server.createContext("/gone", (exchange) -> answer(exchange, 410, "gone"));
		server.createContext("/busy", (exchange) -> answer(exchange, 503, "busy"));
		server.start();
		silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		int port = server.getAddress().getPort();
		policy = Files.writeString(directory.resolve("policy.json"),
				"""
						{
							"retry": [ { "quick": { "backoff": [50], "conceal": 1, "jitterpc": 20 } } ],
							"s": [
								%s,
								%s,
								%s,
								%s,
								%s,
								%s
							]
						}
						""".formatted(stream("page", port, "GET", ""),
						stream("echo", port, "POST",
								", \"metadata\": [ { \"type\": \"content-type:\" }, { \"answer\": \"x-answer:\" } ]"),
						stream("gone", port, "GET", ", \"http_resp_map\": [ { \"410\": 1410 } ]"),
						stream("busy", port, "GET", ""), stream("silent", silent.getLocalPort(), "GET", ""),
						stream("patient", silent.getLocalPort(), "GET", ", \"timeout_ms\": 300")));
	}

	@AfterAll
	static void stopServer() throws IOException {
		server.stop(0);
		silent.close();
	}

	@Test
	void printsWhatHappens(CapturedOutput output) throws Exception {
		client(output, policy, "--stream=page");
		assertThat(states()).containsSubsequence("CREATING", "CONNECTING", "CONNECTED", "QOS_ACK_REMOTE",
				"DISCONNECTED", "DESTROYING");
		assertThat(received()).isEqualTo("hello");
		assertThat(events("rx").get(0).path("start").asBoolean()).isTrue();
		JsonNode end = events("rx").get(events("rx").size() - 1);
		assertThat(end.path("messageLength").asInt()).isEqualTo(5);
		assertThat(end.path("messageSha256").asString())
			.isEqualTo("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
		assertThat(this.events.get(this.events.size() - 1)).hasToString("{\"event\":\"exit\",\"code\":0}");
		assertThat(this.exitCode).isZero();
	}

	@Test
	void sendsAMessageAndMetadata(CapturedOutput output) throws Exception {
		client(output, policy, "--stream=echo", "--send=good morning", "--metadata=type=text/plain");
		assertThat(received()).isEqualTo("text/plain good morning");
		assertThat(events("metadata")).singleElement()
			.hasToString("{\"event\":\"metadata\",\"name\":\"answer\",\"value\":\"12 bytes\"}");
		assertThat(this.exitCode).isZero();
	}

	@Test
	void sendsAFile(CapturedOutput output) throws Exception {
		Path file = Files.writeString(directory.resolve("file"), "x".repeat(100_000));
		client(output, policy, "--stream=echo", "--send-file=" + file);
		JsonNode end = events("rx").get(events("rx").size() - 1);
		assertThat(end.path("messageLength").asInt()).isEqualTo("null ".length() + 100_000);
		assertThat(this.exitCode).isZero();
	}

	@Test
	void sendsAnEmptyBodyWhereThePolicyHasAMethodWithOne(CapturedOutput output) throws Exception {
		client(output, policy, "--stream=echo", "--metadata=type=text/plain");
		assertThat(received()).isEqualTo("text/plain ");
		assertThat(this.exitCode).isZero();
	}

	@Test
	void tellsARefusalAndItsUserState(CapturedOutput output) throws Exception {
		client(output, policy, "--stream=gone");
		assertThat(states()).containsSubsequence("1410", "CONNECTED", "QOS_NACK_REMOTE");
		assertThat(this.exitCode).isEqualTo(4);
	}

	@Test
	void tellsThatTheRetriesAreUsedUp(CapturedOutput output) throws Exception {
		client(output, policy, "--stream=busy");
		assertThat(states()).containsSubsequence("UNREACHABLE", "UNREACHABLE", "ALL_RETRIES_FAILED");
		assertThat(events("failure")).hasSize(2)
			.allSatisfy((failure) -> assertThat(failure.path("phase").asString()).isEqualTo("BUSY"));
		assertThat(this.exitCode).isEqualTo(2);
	}

	@Test
	void stopsInTime(CapturedOutput output) throws Exception {
		client(output, policy, "--stream=silent", "--timeout=200ms");
		assertThat(states()).contains("TIMEOUT");
		assertThat(this.exitCode).isEqualTo(3);
	}

	@Test
	void takesTheTimeoutOfThePolicy(CapturedOutput output) throws Exception {
		client(output, policy, "--stream=patient");
		assertThat(states()).contains("TIMEOUT");
		assertThat(this.exitCode).isEqualTo(3);
	}

	@Test
	void namesTheProblemsOfABadPolicy(CapturedOutput output) throws Exception {
		Path bad = Files.writeString(directory.resolve("bad.json"),
				"{ \"s\": [ { \"page\": { \"endpoint\": \"localhost\", \"port\": 70000 } } ] }");
		client(output, bad, "--stream=page");
		assertOnlyProblem("port", "70000");
		assertThat(output.getErr()).doesNotContain("\tat ");
	}

	@Test
	void namesAPolicyThatIsNotThere(CapturedOutput output) throws Exception {
		client(output, directory.resolve("none.json"), "--stream=page");
		assertOnlyProblem("none.json");
		assertThat(output.getErr()).doesNotContain("\tat ");
	}

	@Test
	void namesAnUnknownStreamtype(CapturedOutput output) throws Exception {
		client(output, policy, "--stream=nonsense");
		assertOnlyProblem("nonsense", "page");
	}

	@Test
	void namesUnknownMetadata(CapturedOutput output) throws Exception {
		client(output, policy, "--stream=echo", "--metadata=color=red");
		assertOnlyProblem("color", "type");
	}

	@Test
	void refusesMetadataThatWouldInjectAHeader(CapturedOutput output) throws Exception {
		client(output, policy, "--stream=echo", "--metadata=type=a\r\nx-more: b");
		assertThat(events("error")).singleElement().asString().contains("type");
		assertThat(states()).doesNotContain("CONNECTING");
		assertThat(this.exitCode).isEqualTo(5);
	}

	private void assertOnlyProblem(String... parts) {
		assertThat(this.events).hasSize(2);
		assertThat(events("error")).singleElement()
			.satisfies((error) -> assertThat(error.path("problems").get(0).asString()).contains(parts));
		assertThat(events("exit")).singleElement().hasToString("{\"event\":\"exit\",\"code\":5}");
		assertThat(this.exitCode).isEqualTo(5);
	}

	private void client(CapturedOutput output, Path policy, String... arguments) {
		List<String> line = new ArrayList<>(
				List.of("--spring.profiles.active=client", "--secure-streams.policy.location=file:" + policy));
		line.addAll(List.of(arguments));
		ByteArrayOutputStream lines = new ByteArrayOutputStream();
		this.exitCode = DemoApplication.run(new PrintStream(lines, true), line.toArray(String[]::new)).orElseThrow();
		this.events = lines.toString(StandardCharsets.UTF_8).lines().map(this.json::readTree).toList();
	}

	private List<JsonNode> events(String name) {
		return this.events.stream().filter((event) -> event.path("event").asString().equals(name)).toList();
	}

	private List<String> states() {
		return events("state").stream().map((event) -> event.path("state").asString()).toList();
	}

	private String received() {
		StringBuilder text = new StringBuilder();
		events("rx").forEach((event) -> text.append(event.path("text").asString()));
		return text.toString();
	}

	private static String stream(String name, int port, String method, String more) {
		return """
				{ "%s": { "endpoint": "127.0.0.1", "port": %d, "protocol": "h1", "http_method": "%s",
					"http_url": "%s", "opportunistic": true, "retry": "quick"%s } }""".formatted(name, port, method,
				name, more);
	}

	private static void echo(HttpExchange exchange) throws IOException {
		byte[] body = exchange.getRequestBody().readAllBytes();
		exchange.getResponseHeaders().set("X-Answer", body.length + " bytes");
		answer(exchange, 200,
				exchange.getRequestHeaders().getFirst("Content-Type") + " " + new String(body, StandardCharsets.UTF_8));
	}

	private static void answer(HttpExchange exchange, int status, String text) throws IOException {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		exchange.sendResponseHeaders(status, bytes.length);
		exchange.getResponseBody().write(bytes);
		exchange.close();
	}

}
