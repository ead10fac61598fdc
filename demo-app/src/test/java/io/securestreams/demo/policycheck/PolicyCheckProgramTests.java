package io.securestreams.demo.policycheck;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.securestreams.demo.DemoApplication;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The policy checker as it is started from the command line.
 */
@ExtendWith(OutputCaptureExtension.class)
class PolicyCheckProgramTests {

	private static final String GOOD = """
			{
				"release": "7", "product": "things",
				"retry": [ { "brief": { "backoff": [300, 600], "conceal": 2, "jitterpc": 20 } } ],
				"s": [
					{ "page": { "endpoint": "${region}.example.com", "port": 443, "tls": true, "protocol": "h1",
						"http_url": "index.html", "http_expect": 204, "opportunistic": true, "retry": "brief",
						"http_resp_map": [ { "530": 1530 } ], "timeout_ms": 2500,
						"metadata": [ { "region": "" }, { "agent": "user-agent:" } ] } },
					{ "line": { "endpoint": "10.0.0.1", "port": 23, "protocol": "raw", "nailed_up": true } },
					{ "door": { "server": true, "port": 0, "protocol": "h1" } }
				]
			}
			""";

	@TempDir
	Path directory;

	@Test
	void explainsAGoodPolicy(CapturedOutput output) throws IOException {
		int exitCode = check("--secure-streams.policy.location=file:" + write("good.json", GOOD));
		assertThat(output.getOut()).contains("3 streamtypes, release 7, product things")
			.contains("page (client)")
			.contains("${region}.example.com port 443, HTTP/1.1")
			.contains("GET /index.html")
			.contains("TLS: the peer's certificate must name \"${region}.example.com\"")
			.contains("made when it is asked for, may stay down after it was lost")
			.contains("tries again after 0.3 to 0.36 s, 0.6 to 0.72 s; gives up after 3 attempts")
			.contains("status 204 (QOS_ACK_REMOTE)")
			.contains("530 raises user state 1530")
			.contains("2.5 s, where the application starts it")
			.contains("region, agent = header user-agent")
			.contains("line (client)")
			.contains("made at once, remade when it is lost")
			.contains("nothing: anyone on the way can read and change it")
			.contains("door (server)")
			.contains("any free port of every interface");
		assertThat(exitCode).isZero();
	}

	@Test
	void takesAFileName(CapturedOutput output) throws IOException {
		assertThat(check(write("good.json", GOOD).toString())).isZero();
		assertThat(output.getOut()).contains("page (client)");
	}

	@Test
	void appliesOverlays(CapturedOutput output) throws IOException {
		Path overlay = write("overlay.json", "{ \"s\": [ { \"page\": { \"endpoint\": \"localhost\" } } ] }");
		int exitCode = check(write("good.json", GOOD).toString(), "--secure-streams.policy.overlays=file:" + overlay);
		assertThat(output.getOut()).contains("localhost port 443, HTTP/1.1");
		assertThat(exitCode).isZero();
	}

	@Test
	void locatesEveryProblem(CapturedOutput output) throws IOException {
		int exitCode = check(write("bad.json", """
				{ "s": [ { "page": {
					"endpoint": "x", "port": 70000,
					"retry": "none" } } ] }
				""").toString());
		assertThat(output.getOut()).contains("This policy cannot be used:")
			.contains("s[0].page.port (line 2")
			.contains("s[0].page.retry (line 3");
		assertThat(exitCode).isEqualTo(5);
	}

	@Test
	void refusesWhatIsNoPolicyAtAll(CapturedOutput output) throws IOException {
		assertThat(check(write("no.json", "[".repeat(100_000)).toString())).isEqualTo(5);
		assertThat(output.getOut()).contains("This policy cannot be used:").doesNotContain("Exception");
	}

	@Test
	void refusesAPolicyThatIsTooLarge(CapturedOutput output) throws IOException {
		assertThat(check(write("large.json", " ".repeat(17 * 1024 * 1024)).toString())).isEqualTo(5);
		assertThat(output.getOut()).contains("too large");
	}

	@Test
	void namesAFileThatIsNotThere(CapturedOutput output) {
		assertThat(check("no-such-policy.json")).isEqualTo(5);
		assertThat(output.getOut()).contains("Cannot read file:no-such-policy.json");
	}

	@Test
	void wantsAPolicy(CapturedOutput output) {
		assertThat(check()).isEqualTo(5);
		assertThat(output.getOut()).contains("No policy given");
	}

	@Test
	void refusesWhatCannotBeMadeYet(CapturedOutput output) throws IOException {
		int exitCode = check(write("later.json", """
				{ "auth": [ { "name": "aws", "type": "sigv5" } ], "s": [
					{ "news": { "endpoint": "a", "port": 1883, "protocol": "mqtt", "server": true } },
					{ "fast": { "endpoint": "a", "port": 443, "protocol": "h3", "tls": true } },
					{ "bucket": { "endpoint": "a", "port": 443, "tls": true, "use_auth": "aws" } },
					{ "page": { "endpoint": "a", "port": 80 } } ] }
				""").toString());
		assertThat(output.getOut())
			.contains("protocol \"mqtt\" is for clients alone", "protocol \"h3\" is not there yet")
			.contains("refused       MQTT has no servers here", "refused       HTTP/3 is not there yet")
			.contains("refused       nobody knows how to authenticate by \"sigv5\" (use_auth)")
			.contains("No streams can be made of \"news\", \"fast\", \"bucket\".");
		assertThat(exitCode).isEqualTo(5);
	}

	@Test
	void tellsHowStreamsAuthenticateAndWhatIsMissingForIt(CapturedOutput output) throws IOException {
		int exitCode = check(write("auth.json", """
				{ "auth": [ { "name": "amazon", "type": "lwa", "streamtype": "login", "blob": 0 },
				            { "name": "aws", "type": "sigv4", "blob": 2 },
				            { "name": "given", "type": "client_credentials", "blob": 3 } ],
				  "s": [
					{ "login": { "endpoint": "a", "port": 443, "tls": true, "http_method": "POST" } },
					{ "page": { "endpoint": "a", "port": 443, "tls": true, "use_auth": "amazon",
						"faults": [ { "status": 500 } ] } },
					{ "named": { "endpoint": "a", "port": 443, "tls": true, "use_auth": "given",
						"http_auth_header": "x-token:" } },
					{ "bucket": { "endpoint": "a", "port": 443, "tls": true, "use_auth": "aws",
						"aws_region": "region", "aws_service": "service",
						"metadata": [ { "region": "" }, { "service": "" } ] } } ] }
				""").toString());
		assertThat(output.getOut()).contains("streamtype \"login\" sends no form, as token servers expect")
			.contains("authenticates shows the token as Authorization: Bearer in auth blob 0, "
					+ "which streamtype \"login\" fetches; without it nothing is sent (AUTH_FAILED)")
			.contains("authenticates shows the token in auth blob 3, which the application puts there")
			.contains("authenticates requests are signed for AWS with the key in auth blob 2")
			.contains("faults        on purpose, where the application allows it: status 500");
		assertThat(exitCode).isZero();
	}

	@Test
	void refusesAPolicyWithoutStreamtypes(CapturedOutput output) throws IOException {
		assertThat(check(write("empty.json", "{ \"streams\": [] }").toString())).isEqualTo(5);
		assertThat(output.getOut()).contains("This policy has no streamtypes: no stream can be made");
	}

	@ParameterizedTest
	@ValueSource(strings = { "--tiemout=5s", "--timeout", "--secure-streams.policy.locaton=file:x",
			"--secure-streams.policy.overlay=file:x" })
	void refusesAnOptionThatItDoesNotKnow(String option, CapturedOutput output) throws IOException {
		assertThat(check(write("good.json", GOOD).toString(), option)).isEqualTo(5);
		assertThat(output.getOut()).contains("Unknown option " + option.replaceAll("=.*", "") + ". Expected: ")
			.doesNotContain("page (client)");
	}

	@Test
	void takesTheOptionsOfSpringBoot() throws IOException {
		assertThat(check(write("good.json", GOOD).toString(), "--logging.level.root=warn",
				"--spring.main.banner-mode=off"))
			.isZero();
	}

	@Test
	void takesOneFileOnly(CapturedOutput output) throws IOException {
		String file = write("good.json", GOOD).toString();
		assertThat(check(file, "other.json")).isEqualTo(5);
		assertThat(output.getOut()).contains("Unexpected argument \"other.json\"");
	}

	@Test
	void comparesTwoPolicies(CapturedOutput output) throws IOException {
		String before = write("before.json", GOOD).toString();
		String after = write("after.json", GOOD.replace("\"port\": 23", "\"port\": 24")).toString();
		assertThat(check("--diff", before, after)).isZero();
		assertThat(output.getOut()).contains("line", "23", "24").doesNotContain("page");
		assertThat(check("--diff", before, before)).isZero();
		assertThat(output.getOut()).contains("No difference.");
		assertThat(check("--diff", before)).isEqualTo(5);
	}

	@Test
	void triesEachClientOnce(CapturedOutput output) throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/", (exchange) -> {
			exchange.sendResponseHeaders(exchange.getRequestURI().getPath().equals("/teapot") ? 418 : 204, -1);
			exchange.close();
		});
		server.start();
		try {
			String page = "\"endpoint\": \"127.0.0.1\", \"port\": " + server.getAddress().getPort()
					+ ", \"protocol\": \"h1\", \"http_method\": \"GET\", ";
			String good = "{ \"s\": [ { \"page\": { " + page + "\"http_url\": \"a\" } } ] }";
			assertThat(check(write("good.json", good).toString(), "--connect")).isZero();
			assertThat(output.getOut()).contains("From here:", "addresses    127.0.0.1", "status       204")
				.contains("outcome      QOS_ACK_REMOTE: the policy takes this for success");
			String bad = "{ \"s\": [ { \"tea\": { " + page + "\"http_url\": \"teapot\", "
					+ "\"http_resp_map\": [ { \"418\": 1418 } ] } }, "
					+ "{ \"gone\": { \"endpoint\": \"127.0.0.1\", \"port\": 9, \"protocol\": \"raw\" } } ] }";
			assertThat(check(write("bad.json", bad).toString(), "--connect")).isEqualTo(2);
			assertThat(output.getOut()).contains("user state   1418")
				.contains("outcome      QOS_NACK_REMOTE: the policy takes this for a refusal")
				.contains("outcome      UNREACHABLE, CONNECT 127.0.0.1:9");
		}
		finally {
			server.stop(0);
		}
	}

	private Path write(String name, String text) throws IOException {
		return Files.writeString(this.directory.resolve(name), text);
	}

	private static int check(String... arguments) {
		String[] line = new String[arguments.length + 1];
		line[0] = "--spring.profiles.active=policy-check";
		System.arraycopy(arguments, 0, line, 1, arguments.length);
		return DemoApplication.run(System.out, line).orElseThrow();
	}

}
