package io.securestreams;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * The package layout as rules. A new package adds itself to {@link #MAY_IMPORT}.
 */
@AnalyzeClasses(packages = "io.securestreams", importOptions = DoNotIncludeTests.class)
class ArchitectureTests {

	private static final String ROOT = "io.securestreams";

	/**
	 * Which other packages of ours each package may import. A name stands for that
	 * package alone, not for its sub-packages.
	 */
	private static final Map<String, Set<String>> MAY_IMPORT = Map.ofEntries(Map.entry("policy", Set.of("policy.http")),
			Map.entry("policy.http", Set.of()), Map.entry("limits", Set.of()),
			Map.entry("policy.source", Set.of("policy", "policy.http")), Map.entry("policy.json.text", Set.of()),
			Map.entry("policy.json.certificates", Set.of("policy")),
			Map.entry("policy.json.table", Set.of("policy", "policy.http", "policy.json.text")),
			Map.entry("policy.json.keys", Set.of("policy", "policy.http", "policy.json.text", "policy.json.table")),
			Map.entry("policy.json.lint",
					Set.of("policy", "policy.http", "policy.json.text", "policy.json.table", "policy.json.keys")),
			Map.entry("policy.json",
					Set.of("policy", "policy.http", "policy.json.text", "policy.json.certificates", "policy.json.table",
							"policy.json.keys", "policy.json.lint")),
			Map.entry("stream", Set.of("policy")), Map.entry("stream.platform", Set.of("stream")),
			Map.entry("stream.observe", Set.of("stream", "policy")),
			Map.entry("stream.factory", Set.of("stream.observe", "stream", "policy")),
			Map.entry("stream.adapter", Set.of("stream")),
			Map.entry("engine.spi", Set.of("stream", "stream.platform", "policy", "policy.http")),
			Map.entry("engine.stream", Set.of("engine.spi", "stream", "stream.observe", "policy", "policy.http")),
			Map.entry("engine.local",
					Set.of("engine.stream", "engine.spi", "stream", "stream.factory", "stream.observe",
							"stream.platform", "policy", "policy.http")),
			Map.entry("system.auth",
					Set.of("engine.spi", "stream", "stream.factory", "stream.platform", "policy", "policy.http")),
			Map.entry("system.policyfetch",
					Set.of("engine.spi", "stream", "stream.factory", "stream.observe", "policy", "policy.json",
							"system.policyfetch.signature")),
			Map.entry("system.policyfetch.signature", Set.of("policy.json.text")),
			Map.entry("system.metrics",
					Set.of("stream", "stream.observe", "stream.platform", "stream.factory", "policy")),
			Map.entry("system.captiveportal", Set.of("policy.http", "stream", "stream.factory", "policy")),
			Map.entry("transport.loop", Set.of("engine.spi", "stream", "stream.observe", "stream.platform", "policy")),
			Map.entry("transport.tls",
					Set.of("transport.loop", "engine.spi", "stream", "stream.platform", "policy", "policy.http")),
			Map.entry("transport.connect",
					Set.of("transport.loop", "transport.tls", "engine.spi", "stream", "stream.platform", "limits",
							"policy", "policy.http")),
			Map.entry("transport.listen",
					Set.of("transport.loop", "transport.tls", "engine.spi", "stream", "stream.platform", "limits",
							"policy", "policy.http")),
			Map.entry("transport", transport()), Map.entry("transport.http", transport("http.cookie")),
			Map.entry("transport.http.cookie", Set.of("limits")),
			Map.entry("transport.http.multipart", transport("http")),
			Map.entry("transport.http.exchange", transport("http", "http.cookie", "http.multipart")),
			Map.entry("transport.http1", transport("http")),
			Map.entry("transport.http1.client", transport("http", "http.exchange", "http1")),
			Map.entry("transport.http1.server", transport("http", "http.exchange", "http.multipart", "http1")),
			Map.entry("transport.http2.frame", transport("http")),
			Map.entry("transport.http2", transport("http", "http2.frame")),
			Map.entry("transport.http2.client", transport("http", "http.exchange", "http2", "http2.frame")),
			Map.entry("transport.http2.server",
					transport("http", "http.exchange", "http.multipart", "http2", "http2.frame")),
			Map.entry("transport.websocket.frame", transport("http")),
			Map.entry("transport.websocket", transport("http", "websocket.frame", "http2")),
			Map.entry("transport.websocket.client",
					transport("http", "http.exchange", "http1", "http2", "http2.client", "websocket",
							"websocket.frame")),
			Map.entry("transport.websocket.server",
					transport("http", "http1", "http1.server", "http2", "http2.server", "websocket",
							"websocket.frame")),
			Map.entry("transport.serving", transport("http", "http1.server", "http2.server", "websocket.server")),
			Map.entry("transport.raw", transport()), Map.entry("transport.mqtt.frame", Set.of("transport.loop")),
			Map.entry("transport.mqtt.topic", Set.of("transport.mqtt.frame")),
			Map.entry("transport.mqtt.flow", Set.of("transport.mqtt.frame")),
			Map.entry("transport.mqtt.wire", transport("mqtt.frame")),
			Map.entry("transport.mqtt.settings", transport("mqtt.frame", "mqtt.topic", "mqtt.wire")),
			Map.entry("transport.mqtt",
					transport("mqtt.frame", "mqtt.topic", "mqtt.flow", "mqtt.wire", "mqtt.settings")),
			Map.entry("transport.fault", transport()), Map.entry("transport.local", transport()),
			Map.entry("proxy", Set.of()), Map.entry("proxy.wire", Set.of()), Map.entry("proxy.mux", Set.of()),
			Map.entry("proxy.client.payload", Set.of("proxy.wire", "engine.spi", "stream")),
			Map.entry("proxy.client.link",
					Set.of("proxy", "proxy.mux", "proxy.wire", "engine.spi", "stream", "stream.observe",
							"stream.platform", "limits", "transport.connect", "transport.loop", "transport.tls",
							"policy", "policy.http")),
			Map.entry("proxy.client",
					Set.of("proxy", "proxy.client.link", "proxy.client.payload", "proxy.wire", "engine.stream",
							"engine.spi", "stream", "stream.observe", "stream.platform", "policy")),
			Map.entry("proxy.server.payload", Set.of("proxy.wire", "stream", "transport.loop", "policy")),
			Map.entry("proxy.server.listen",
					Set.of("proxy", "engine.spi", "stream", "stream.platform", "transport", "transport.listen",
							"transport.tls", "policy")),
			Map.entry("proxy.server",
					Set.of("proxy", "proxy.mux", "proxy.wire", "proxy.server.listen", "proxy.server.payload",
							"engine.spi", "stream", "stream.factory", "stream.observe", "stream.platform", "limits",
							"transport", "transport.loop", "policy", "policy.http")));

	@ArchTest
	static final ArchRule packagesImportOnlyWhatTheyMay = classes().that()
		.resideOutsideOfPackage(ROOT)
		.should(importOnlyWhatTheirPackageMay())
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule packagesAreFreeOfCycles = slices().matching(ROOT + ".(**)")
		.should()
		.beFreeOfCycles()
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule engineAndTransportsMeetOnlyInTheSpi = noClasses().that()
		.resideInAnyPackage(ROOT + ".transport..", ROOT + ".system..", ROOT + ".stream..", ROOT + ".proxy.server")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage(ROOT + ".engine.stream", ROOT + ".engine.local");

	@ArchTest
	static final ArchRule anotherFulfilmentTakesThePlaceOfTheLocalOne = noClasses().that()
		.resideInAnyPackage(ROOT + ".proxy..", ROOT + ".engine.stream", ROOT + ".engine.spi")
		.should()
		.dependOnClassesThat()
		.resideInAPackage(ROOT + ".engine.local");

	@ArchTest
	static final ArchRule theEngineKnowsNoTransport = noClasses().that()
		.resideInAnyPackage(ROOT + ".engine..", ROOT + ".stream..", ROOT + ".policy..", ROOT + ".limits")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage(ROOT + ".transport..", ROOT + ".proxy..", ROOT + ".system..");

	@ArchTest
	static final ArchRule nobodyImportsTheRoot = noClasses().that()
		.resideOutsideOfPackage(ROOT)
		.should()
		.dependOnClassesThat()
		.resideInAPackage(ROOT)
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule policyNeedsOnlyTheJdk = classes().that()
		.resideInAnyPackage(ROOT + ".policy", ROOT + ".policy.http")
		.should()
		.onlyDependOnClassesThat(
				resideInAnyPackage(ROOT + ".policy", ROOT + ".policy.http", "java..", "org.jspecify.annotations"))
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule limitsNeedOnlyTheJdk = classes().that()
		.resideInAPackage(ROOT + ".limits")
		.should()
		.onlyDependOnClassesThat(resideInAnyPackage(ROOT + ".limits", "java..", "org.jspecify.annotations"));

	@ArchTest
	static final ArchRule onlyThePolicyReaderKnowsJson = noClasses().that()
		.resideOutsideOfPackages(ROOT, ROOT + ".policy.json..")
		.should()
		.dependOnClassesThat(resideInAPackage("tools.jackson.."))
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule channelsStayInTransports = noClasses().that()
		.resideOutsideOfPackages(ROOT, ROOT + ".transport..", ROOT + ".proxy.server..", ROOT + ".proxy.client.link",
				ROOT + ".proxy.mux")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.netty.channel..", "io.netty.handler..")
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule coreKnowsNoSpring = noClasses().should()
		.dependOnClassesThat()
		.resideInAPackage("org.springframework..")
		.allowEmptyShould(true);

	/**
	 * What all protocols stand on: never the engine, nor what makes or observes streams.
	 */
	private static Set<String> transport(String... siblings) {
		List<String> allowed = new ArrayList<>(
				List.of("transport", "transport.connect", "transport.listen", "transport.loop", "transport.tls",
						"engine.spi", "stream", "stream.platform", "policy", "policy.http", "limits"));
		Stream.of(siblings).map((sibling) -> "transport." + sibling).forEach(allowed::add);
		return Set.copyOf(allowed);
	}

	private static ArchCondition<JavaClass> importOnlyWhatTheirPackageMay() {
		DescribedPredicate<JavaClass> ours = resideInAPackage(ROOT + "..");
		return new ArchCondition<>("import only what their package may") {
			@Override
			public void check(JavaClass item, ConditionEvents events) {
				String importer = shortName(item);
				Set<String> allowed = MAY_IMPORT.get(importer);
				if (allowed == null) {
					events.add(SimpleConditionEvent.violated(item,
							item.getPackageName() + " has no entry in ArchitectureTests.MAY_IMPORT"));
					return;
				}
				item.getDirectDependenciesFromSelf().forEach((dependency) -> {
					JavaClass target = dependency.getTargetClass().getBaseComponentType();
					if (!ours.test(target) || shortName(target).equals(importer)
							|| allowed.contains(shortName(target))) {
						return;
					}
					events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription() + ": " + importer
							+ " may import only " + allowed.stream().sorted().toList()));
				});
			}
		};
	}

	private static String shortName(JavaClass type) {
		String name = type.getPackageName();
		return name.equals(ROOT) ? "" : name.substring(ROOT.length() + 1);
	}

}
