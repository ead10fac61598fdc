package io.securestreams.policy.json;

import io.securestreams.policy.MetadataDeclaration;

/**
 * A declared metadata name, and where its header name stands in the document.
 *
 * @param place where the value stands, {@link #INHERITED} if it stems from the policy
 * that the document overlays
 */
record LocatedMetadata(int place, MetadataDeclaration declaration) {

	static final int INHERITED = -1;

}
