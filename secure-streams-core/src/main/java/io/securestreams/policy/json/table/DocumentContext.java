package io.securestreams.policy.json.table;

import java.time.Instant;

import io.securestreams.policy.AuthScheme;
import io.securestreams.policy.CertificateEntry;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.TrustStore;
import io.securestreams.policy.json.text.Problems;
import io.securestreams.policy.json.text.SourceText;

/**
 * What is known of the document while a value of it is read: what it has defined so far,
 * and where problems go.
 */
public interface DocumentContext {

	Problems problems();

	SourceText source();

	/** Tells which certificates have expired. */
	Instant now();

	Definitions<RetryPolicy> retries();

	Definitions<CertificateEntry> certificates();

	Definitions<TrustStore> trustStores();

	Definitions<AuthScheme> auth();

	Definitions<StreamPolicy> streamTypes();

}
