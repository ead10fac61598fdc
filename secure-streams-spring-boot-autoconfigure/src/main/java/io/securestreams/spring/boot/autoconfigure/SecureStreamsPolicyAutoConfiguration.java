package io.securestreams.spring.boot.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;

import io.securestreams.SecureStreams;
import io.securestreams.spring.boot.policy.LoadedPolicy;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.system.policyfetch.PolicyRefresher;
import io.securestreams.system.policyfetch.PolicyRefresherBuilder;
import io.securestreams.system.policyfetch.signature.PolicySignature;
import io.securestreams.system.policyfetch.PolicyTrial;

/**
 * Auto-configuration of what keeps the policy up to date, {@link PolicyRefresher}.
 */
@AutoConfiguration(after = SecureStreamsAutoConfiguration.class)
@ConditionalOnBean(SecureStreamsProperties.class)
@ConditionalOnSingleCandidate(SecureStreams.class)
public final class SecureStreamsPolicyAutoConfiguration {

	@Bean(destroyMethod = "close")
	@ConditionalOnMissingBean
	PolicyRefresher secureStreamsPolicyRefresher(ObjectProvider<SecureStreams> engine,
			ObjectProvider<StreamFactory> factory, SecureStreamsProperties properties,
			ObjectProvider<LoadedPolicy> loaded, ObjectProvider<PolicyTrial> trial,
			ObjectProvider<PolicySignature> signature, ObjectProvider<SslBundles> bundles) {
		PolicyFetchProperties fetch = properties.policy().fetch();
		String bundle = fetch.signature().sslBundle();
		PolicySignature verifier = signature.getIfAvailable(() -> (bundle != null)
				? BundlePolicySignature.of(bundles.getIfAvailable(DefaultSslBundleRegistry::new), bundle) : null);
		SecureStreams own = ReplaceableEngine.find(engine);
		StreamFactory streams = ReplaceableEngine.withPolicy((own != null) ? own : factory.getObject());
		PolicyRefresherBuilder builder = PolicyRefresher.builder(streams, (change) -> {
			if (own != null) {
				own.updatePolicy(change);
			}
		}).settings(fetch.settings(verifier));
		loaded.ifAvailable((policy) -> builder.local(policy.policy()).overlays(policy.overlays()));
		trial.ifAvailable(builder::trial);
		return builder.build();
	}

	@Bean
	PolicyRefresherLifecycle secureStreamsPolicyRefresherLifecycle(PolicyRefresher refresher,
			SecureStreamsProperties properties) {
		return new PolicyRefresherLifecycle(refresher, properties.policy().fetch());
	}

}
