package io.securestreams.policy.source;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import javax.lang.model.SourceVersion;

import io.securestreams.policy.CertificateEntry;
import io.securestreams.policy.Policy;
import io.securestreams.policy.StreamPolicy;

/**
 * Writes a policy as the source of a Java class that builds an equal one, without a JSON
 * parser: a static policy (README section "Using static policies"). What the policy has
 * of private keys and passwords is in the source. May be used from any thread.
 */
public final class PolicySource {

	private final Policy policy;

	private final JavaValues values = new JavaValues();

	private final Set<String> identifiers = new HashSet<>(Set.of("get"));

	private final StringBuilder constants = new StringBuilder();

	private final StringBuilder methods = new StringBuilder();

	private PolicySource(Policy policy) {
		this.policy = policy;
	}

	/**
	 * Writes a class, a {@code Supplier<Policy>} with a public constructor.
	 * @param policy the policy
	 * @param className its full name
	 * @param origin where the policy is from, for a comment
	 * @return the source, in ASCII
	 * @throws IllegalArgumentException if that is no name of a class in a package
	 */
	public static String write(Policy policy, String className, String origin) {
		if (className.indexOf('.') < 0 || !SourceVersion.isName(className)) {
			throw new IllegalArgumentException(
					"class " + JavaValues.literal(className) + " (expected: a full name, with its package)");
		}
		return new PolicySource(policy).write(className, origin);
	}

	private String write(String className, String origin) {
		String simpleName = className.substring(className.lastIndexOf('.') + 1);
		this.identifiers.add(simpleName);
		String policyType = this.values.type(Policy.class);
		String supplier = this.values.type(Supplier.class);
		// In the order in which they refer to each other
		Map<String, String> certificates = constants("CERTIFICATE", this.policy.certificates());
		this.policy.certificates().forEach((name, entry) -> {
			if (entry instanceof CertificateEntry.X509 x509) {
				this.values.name(x509.certificate(), certificates.get(name) + ".certificate()");
			}
			else if (entry instanceof CertificateEntry.Key key) {
				this.values.name(key.key(), certificates.get(name) + ".key()");
			}
		});
		Map<String, String> stores = constants("TRUST_STORE", this.policy.trustStores());
		Map<String, String> retries = constants("RETRY", this.policy.retries());
		Map<String, String> auth = constants("AUTH", this.policy.auth());
		Map<String, String> streams = streams();
		String body = "return new " + policyType + "(" + JavaValues.literal(this.policy.release()) + ", "
				+ JavaValues.literal(this.policy.product()) + ", /* schemaVersion */ " + this.policy.schemaVersion()
				+ ",\n\t\t\t\t/* socks5 */ " + this.values.of(this.policy.socks5(), 4)
				+ ",\n\t\t\t\tretries, certificates, " + "trustStores, auth,\n\t\t\t\t"
				+ this.values.of(this.policy.metrics(), 4) + ",\n\t\t\t\tstreamTypes);";
		String maps = map("retries", this.policy.retries(), retries, "RetryPolicy")
				+ map("certificates", this.policy.certificates(), certificates, "CertificateEntry")
				+ map("trustStores", this.policy.trustStores(), stores, "TrustStore")
				+ map("auth", this.policy.auth(), auth, "AuthScheme")
				+ map("streamTypes", this.policy.streamTypes(), streams, "StreamPolicy");
		StringBuilder source = new StringBuilder();
		source.append("package ").append(className, 0, className.lastIndexOf('.')).append(";\n\n");
		this.values.imports().forEach((type) -> source.append("import ").append(type).append(";\n"));
		source.append("\n/**\n * Policy ")
			.append(comment(this.policy.release()))
			.append("; made from ")
			.append(comment(origin))
			.append(", not to be edited.\n */\npublic final class ")
			.append(simpleName)
			.append(" implements ")
			.append(supplier)
			.append("<Policy> {\n\n")
			.append(this.constants)
			.append("\t@Override\n\tpublic Policy get() {\n")
			.append(maps)
			.append("\t\t")
			.append(body)
			.append("\n\t}\n\n")
			.append(this.methods)
			.append("}\n");
		return source.toString();
	}

	private Map<String, String> constants(String kind, Map<String, ?> section) {
		Map<String, String> names = new LinkedHashMap<>();
		section.forEach((name, value) -> {
			String identifier = identifier(kind + "_" + name.toUpperCase(Locale.ROOT));
			this.constants.append("\tprivate static final ")
				.append(this.values.type(value.getClass()))
				.append(' ')
				.append(identifier)
				.append(" = ")
				.append(this.values.anew(value, 2))
				.append(";\n\n");
			this.values.name(value, identifier);
			names.put(name, identifier);
		});
		return names;
	}

	/** A method for each, none of which can get too long. */
	private Map<String, String> streams() {
		Map<String, String> calls = new LinkedHashMap<>();
		this.policy.streamTypes().forEach((name, stream) -> {
			String identifier = identifier("stream_" + name);
			this.methods.append("\tprivate static ")
				.append(this.values.type(StreamPolicy.class))
				.append(' ')
				.append(identifier)
				.append("() {\n\t\treturn ")
				.append(this.values.of(stream, 3))
				.append(";\n\t}\n\n");
			calls.put(name, identifier + "()");
		});
		return calls;
	}

	private String map(String variable, Map<String, ?> section, Map<String, String> names, String type) {
		this.values.type(Map.class);
		this.values.imports().add("io.securestreams.policy." + type);
		this.values.type(LinkedHashMap.class);
		StringBuilder text = new StringBuilder("\t\tMap<String, ").append(type)
			.append("> ")
			.append(variable)
			.append(" = new LinkedHashMap<>();\n");
		section.keySet()
			.forEach((name) -> text.append("\t\t")
				.append(variable)
				.append(".put(")
				.append(JavaValues.literal(name))
				.append(", ")
				.append(names.get(name))
				.append(");\n"));
		return text.toString();
	}

	private String identifier(String wanted) {
		String base = wanted.replaceAll("[^a-zA-Z0-9]", "_");
		String identifier = base;
		for (int i = 2; !this.identifiers.add(identifier); i++) {
			identifier = base + "_" + i;
		}
		return identifier;
	}

	/** Nothing that could end a comment, or start an escape. */
	private static String comment(String text) {
		String plain = text.replaceAll("[^a-zA-Z0-9 ._:/-]", "_").replace("*/", "__");
		return plain.isEmpty() ? "without a release" : plain;
	}

}
