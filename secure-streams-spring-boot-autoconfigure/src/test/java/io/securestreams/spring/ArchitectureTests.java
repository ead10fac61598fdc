package io.securestreams.spring;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * The package layout of this module as rules.
 */
@AnalyzeClasses(packages = "io.securestreams.spring", importOptions = DoNotIncludeTests.class)
class ArchitectureTests {

	private static final String ROOT = "io.securestreams.spring";

	@ArchTest
	static final ArchRule layers = layeredArchitecture().consideringOnlyDependenciesInLayers()
		.layer("annotation")
		.definedBy(ROOT + ".annotation")
		.layer("handler")
		.definedBy(ROOT + ".handler")
		.layer("endpoint")
		.definedBy(ROOT + ".endpoint")
		.layer("template")
		.definedBy(ROOT + ".template")
		.layer("proxy")
		.definedBy(ROOT + ".proxy")
		.layer("event")
		.definedBy(ROOT + ".event")
		.layer("boot")
		.definedBy(ROOT + ".boot..")
		.whereLayer("annotation")
		.mayNotAccessAnyLayer()
		.whereLayer("handler")
		.mayOnlyAccessLayers("annotation")
		.whereLayer("endpoint")
		.mayOnlyAccessLayers("annotation", "handler")
		.whereLayer("template")
		.mayOnlyAccessLayers("handler")
		.whereLayer("proxy")
		.mayOnlyAccessLayers("annotation", "handler", "endpoint")
		.whereLayer("event")
		.mayNotAccessAnyLayer();

	@ArchTest
	static final ArchRule packagesAreFreeOfCycles = slices().matching(ROOT + ".(**)").should().beFreeOfCycles();

	@ArchTest
	static final ArchRule onlyBootPackagesKnowBoot = noClasses().that()
		.resideOutsideOfPackage(ROOT + ".boot..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("org.springframework.boot..");

	@ArchTest
	static final ArchRule noChannels = noClasses().should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.netty.channel..", "io.netty.handler..", "io.netty.bootstrap..");

	@ArchTest
	static final ArchRule noEngine = noClasses().should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.securestreams.engine", "io.securestreams.transport..");

}
