package io.securestreams.spring.boot.autoconfigure.diagnostics;

import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;

import io.securestreams.policy.Policy;
import io.securestreams.spring.annotation.Metadata;
import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.boot.autoconfigure.SecureStreamHandlerAutoConfiguration;
import io.securestreams.spring.boot.autoconfigure.SecureStreamsAutoConfiguration;
import io.securestreams.spring.boot.autoconfigure.SecureStreamsProxyAutoConfiguration;
import io.securestreams.spring.testing.FakeStreamFactory;
import io.securestreams.spring.testing.TestPolicies;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.UnknownStreamTypeException;
import io.securestreams.stream.factory.StreamBindException;
import io.securestreams.stream.platform.UnknownVirtualHostException;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Scope;
import org.springframework.core.io.support.SpringFactoriesLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what users read when the application does not start.
 */
class FailureAnalyzerTests {

	private final ApplicationContextRunner engine = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SecureStreamsAutoConfiguration.class,
				SecureStreamHandlerAutoConfiguration.class, SslAutoConfiguration.class));

	private final FakeStreamFactory streams = new FakeStreamFactory(TestPolicies.POLICY);

	private final ApplicationContextRunner handlers = this.engine.withBean(FakeStreamFactory.class, () -> this.streams);

	@Test
	void badPolicy() {
		FailureAnalysis analysis = analyze(
				this.engine.withPropertyValues("secure-streams.policy.location=classpath:test-policy-bad.json"));
		assertThat(analysis.getDescription().lines()).satisfiesExactly(
				(line) -> assertThat(line).isEqualTo("The Secure Streams policy cannot be used:"),
				(line) -> assertThat(line).isEmpty(),
				(line) -> assertThat(line)
					.isEqualTo("    classpath:test-policy-bad.json: s[0].bytes.port (line 4, column 51): 70000 "
							+ "(expected: 0..65535)"),
				(line) -> assertThat(line)
					.startsWith("    classpath:test-policy-bad.json: s[1].page.protocol (line 5, ")
					.contains("h7"));
		assertThat(analysis.getAction())
			.isEqualTo("Correct classpath:test-policy-bad.json in the places named above. The property "
					+ "secure-streams.policy.location says which policy is read, secure-streams.policy.overlays what "
					+ "is applied to it.");
	}

	@Test
	void missingPolicy() {
		FailureAnalysis analysis = analyze(this.engine);
		assertThat(analysis.getDescription()).isEqualTo("There is no usable Secure Streams policy: "
				+ "secure-streams.policy.location: classpath:secure-streams-policy.json does not exist.");
		assertThat(analysis.getAction()).isEqualTo("Put a policy at classpath:secure-streams-policy.json, set "
				+ "secure-streams.policy.location to where it is, define a bean of type io.securestreams.policy.Policy, "
				+ "or set secure-streams.enabled to false.");
	}

	@Test
	void whatTheEngineSays() {
		FailureAnalysis analysis = analyze(
				this.engine.withPropertyValues("secure-streams.policy.static-class=com.example.Missing"));
		assertThat(analysis.getDescription()).isEqualTo("Secure Streams cannot be started: "
				+ "secure-streams.policy.static-class: com.example.Missing is not there.");
		assertThat(analysis.getAction())
			.isEqualTo("Expected: a class made by policy2java, or by Spring's ahead-of-time "
					+ "processing, which is a java.util.function.Supplier of a Policy.");
	}

	@Test
	void unknownStreamtype() {
		FailureAnalysis analysis = analyze(this.handlers.withBean("watcher", Misspelt.class));
		assertThat(analysis.getDescription()).isEqualTo("""
				Bean "watcher" wants streamtype "mintset", which the Secure Streams policy does not have. It has:

				    mintest
				    telemetry
				    bytes
				    chat""");
		assertThat(analysis.getAction())
			.isEqualTo("Did you mean \"mintest\"? Otherwise add \"mintset\" to section \"s\" "
					+ "of the policy, or correct the name in @SecureStreamHandler.");
	}

	@Test
	void aScopeThatStreamsDoNotHave() {
		FailureAnalysis analysis = analyze(this.handlers.withUserConfiguration(OfRequest.class));
		assertThat(analysis.getDescription()).isEqualTo("Bean \"ofRequest\", the handler of streamtype \"mintest\", "
				+ "has the scope \"request\". Its streams run on threads where there is no instance of that.");
		assertThat(analysis.getAction())
			.isEqualTo("Make it a singleton, or let each stream have an instance: @SecureStreamHandler(scope = "
					+ "PER_STREAM), or @Scope(\"prototype\"). What it needs of scope \"request\" it has to be given, "
					+ "for example in what is sent.");
	}

	@Test
	void unknownStreamtypeThatResemblesNone() {
		FailureAnalysis analysis = new UnknownStreamTypeFailureAnalyzer()
			.analyze(new UnknownStreamTypeException("firmware", List.of("chat")));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).startsWith("The application wants streamtype \"firmware\"");
		assertThat(analysis.getAction()).startsWith("Add \"firmware\" to section \"s\"");
	}

	@Test
	void unknownStreamtypeOfAnEmptyPolicy() {
		FailureAnalysis analysis = analyze(
				this.engine.withBean(Policy.class, () -> Policy.EMPTY).withBean("watcher", Misspelt.class));
		assertThat(analysis.getDescription()).endsWith("does not have. It has no streamtypes at all.");
	}

	@Test
	void addressInUse() {
		this.streams
			.failWith(new StreamBindException("chat", "0.0.0.0:7681", new BindException("Address already in use")));
		FailureAnalysis analysis = analyze(this.handlers.withBean("chat", Chat.class));
		assertThat(analysis.getDescription())
			.isEqualTo("Streamtype \"chat\" cannot listen on 0.0.0.0:7681 (Address already in use).");
		assertThat(analysis.getAction()).isEqualTo("Stop what listens on 0.0.0.0:7681, or change \"port\" or "
				+ "\"endpoint\" of streamtype \"chat\" in the policy; port 0 takes any free port.");
	}

	@Test
	void addressOfAVhostInUse() {
		this.streams
			.failWith(new StreamBindException("chat", "!web", new BindException("0.0.0.0:80: Address already in use")));
		FailureAnalysis analysis = analyze(this.handlers.withBean("chat", Chat.class));
		assertThat(analysis.getDescription())
			.isEqualTo("Streamtype \"chat\" cannot listen on !web (0.0.0.0:80: Address already in use).");
		assertThat(analysis.getAction()).isEqualTo(
				"Stop what listens there, or change secure-streams.vhosts.web.port or secure-streams.vhosts.web.address.");
	}

	@Test
	void unknownVhost() {
		this.streams.failWith(new UnknownVirtualHostException("chat", "mian", List.of("main", "admin")));
		FailureAnalysis analysis = analyze(this.handlers.withBean("chat", Chat.class));
		assertThat(analysis.getDescription()).isEqualTo("Streamtype \"chat\" has endpoint \"!mian\", but there is "
				+ "no vhost of that name (there are: main, admin).");
		assertThat(analysis.getAction()).startsWith("Define it under secure-streams.vhosts.mian (address, port");
	}

	@Test
	void noVhostAtAll() {
		FailureAnalysis analysis = new UnknownVirtualHostFailureAnalyzer()
			.analyze(new UnknownVirtualHostException("chat", "main", List.of()));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).endsWith("(none is configured).");
	}

	@Test
	void wrongHandlerMethod() {
		FailureAnalysis analysis = analyze(this.handlers.withBean("watcher", Wrong.class));
		assertThat(analysis.getDescription())
			.isEqualTo("The handler of streamtype \"mintest\", bean \"watcher\", cannot be called:\n\n    "
					+ Wrong.class.getCanonicalName().replace("Tests.", "Tests$")
					+ ".state(int) has parameter 1 \"int code\", which @OnState methods do not have.");
		assertThat(analysis.getAction())
			.isEqualTo("Expected: StreamState, long ordinal, SecureStream, HttpAnswer, @Metadata(\"name\") String.");
	}

	@Test
	void undeclaredMetadata() {
		FailureAnalysis analysis = analyze(this.handlers.withBean("watcher", Undeclared.class));
		assertThat(analysis.getDescription()).isEqualTo("Streams cannot be started: cannot register bean \"watcher\" "
				+ "for streamtype \"mintest\": the policy declares no metadata \"pth\" (expected: one of [path, ctype]).");
		assertThat(analysis.getAction())
			.isEqualTo("Correct bean \"watcher\", or streamtype \"mintest\" in the policy.");
	}

	@Test
	void twoHandlers() {
		FailureAnalysis analysis = analyze(this.handlers.withBean("one", Plain.class).withBean("two", Plain.class));
		assertThat(analysis.getDescription()).contains("bean \"one\"").contains("bean \"two\"");
	}

	@Test
	void unknownSslBundle() {
		FailureAnalysis analysis = analyze(
				this.engine.withPropertyValues("secure-streams.policy.location=classpath:test-policy.json",
						"secure-streams.client-certs[1].ssl-bundle=device"));
		assertThat(analysis.getDescription()).isEqualTo("Property secure-streams.client-certs[1].ssl-bundle names SSL "
				+ "bundle \"device\", which does not exist (there are none).");
		assertThat(analysis.getAction()).isEqualTo("Define it under spring.ssl.bundle.pem.device or "
				+ "spring.ssl.bundle.jks.device, or correct the property.");
	}

	@Test
	void addressesOfProxiesThatAreNone() {
		FailureAnalysis analysis = analyze(
				this.engine.withPropertyValues("secure-streams.proxy.client.address=tcp:localhost"));
		assertThat(analysis.getDescription()).startsWith(
				"Property secure-streams.proxy.client.address cannot be used: proxy address \"tcp:localhost\" (expected: ");
		assertThat(analysis.getAction()).startsWith("Correct secure-streams.proxy.client.address, for example");
		analysis = analyze(this.engine.withPropertyValues("secure-streams.proxy.server.enabled=true",
				"secure-streams.policy.location=classpath:test-policy.json",
				"secure-streams.proxy.server.address=unix:relative"));
		assertThat(analysis.getDescription())
			.startsWith("Property secure-streams.proxy.server.address cannot be used: proxy address \"unix:relative\"");
		assertThat(first(analysis)).isEqualTo("ProxyAddressFailureAnalyzer");
	}

	@Test
	void aProxyCannotBeReachedByItsNameWithoutANativeTransport() {
		FailureAnalysis analysis = analyze(this.engine.withPropertyValues("secure-streams.engine.transport=nio",
				"secure-streams.proxy.client.address=unix:@proxy.ss.lws"));
		assertThat(analysis.getDescription())
			.startsWith("There is no way to the proxy: proxy address \"unix:@proxy.ss.lws\": abstract unix socket");
		assertThat(analysis.getAction())
			.isEqualTo("Change secure-streams.proxy.client.address, or secure-streams.engine.transport.");
	}

	@Test
	void aProxyCannotListen() throws Exception {
		ApplicationContextRunner proxy = this.engine
			.withConfiguration(AutoConfigurations.of(SecureStreamsProxyAutoConfiguration.class))
			.withPropertyValues("secure-streams.proxy.server.enabled=true",
					"secure-streams.policy.location=classpath:test-policy.json");
		FailureAnalysis analysis = analyze(
				proxy.withPropertyValues("secure-streams.proxy.server.address=unix:/nowhere/at/all"));
		assertThat(analysis.getDescription()).isEqualTo("The proxy for other processes cannot listen at "
				+ "unix:/nowhere/at/all: /nowhere/at: this directory does not exist");
		assertThat(analysis.getAction()).isEqualTo("Change secure-streams.proxy.server.address.");
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			String address = "tcp:127.0.0.1:" + taken.getLocalPort();
			analysis = analyze(proxy.withPropertyValues("secure-streams.proxy.server.address=" + address));
			assertThat(analysis.getDescription())
				.startsWith("The proxy for other processes cannot listen at " + address + ": ")
				.contains("already in use");
			assertThat(analysis.getAction())
				.isEqualTo("Stop what is there, or change secure-streams.proxy.server.address.");
		}
		analysis = analyze(proxy.withPropertyValues("secure-streams.engine.transport=nio"));
		assertThat(analysis.getDescription()).contains("unix:@proxy.ss.lws", "transport \"epoll\"");
	}

	/** Which analyzer Boot asks first of those that have something to say. */
	private static String first(FailureAnalysis analysis) {
		return analyzers().stream()
			.filter((analyzer) -> analyzer.analyze(analysis.getCause()) != null)
			.findFirst()
			.map((analyzer) -> analyzer.getClass().getSimpleName())
			.orElse("");
	}

	/** As Boot does it: the first analyzer that has something to say. */
	private static FailureAnalysis analyze(ApplicationContextRunner runner) {
		FailureAnalysis[] found = new FailureAnalysis[1];
		runner.run((context) -> {
			Throwable failure = context.getStartupFailure();
			assertThat(failure).isNotNull();
			for (FailureAnalyzer analyzer : analyzers()) {
				if (found[0] == null && analyzer.getClass().getName().startsWith("io.securestreams")) {
					found[0] = analyzer.analyze(failure);
				}
			}
		});
		assertThat(found[0]).isNotNull();
		return found[0];
	}

	private static List<FailureAnalyzer> analyzers() {
		// Some of Boot's need a context; they are not of interest
		return SpringFactoriesLoader.forDefaultResourceLocation()
			.load(FailureAnalyzer.class, (factoryType, name, failure) -> {
			});
	}

	@SecureStreamHandler(value = "mintest", beanName = "ofRequest")
	@Scope("request")
	static class OfRequest implements StreamHandler {

	}

	@SecureStreamHandler("mintset")
	static class Misspelt implements StreamHandler {

	}

	@SecureStreamHandler("mintest")
	static class Plain implements StreamHandler {

	}

	@SecureStreamHandler("chat")
	static class Chat implements StreamHandler {

	}

	@SecureStreamHandler("mintest")
	static class Wrong {

		@OnState
		void state(int code) {
		}

	}

	@SecureStreamHandler("mintest")
	static class Undeclared {

		@OnReceive
		void receive(String text, @Metadata("pth") String path) {
		}

	}

}
