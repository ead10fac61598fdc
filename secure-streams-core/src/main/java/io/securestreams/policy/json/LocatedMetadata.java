package io.securestreams.policy.json;

import io.securestreams.policy.MetadataDeclaration;

/**
 * A declared metadata name, and where its header name stands in the document.
 *
 * @param offset offset of the value, {@link #INHERITED} if it stems from the policy that
 * the document overlays
 */
record LocatedMetadata(int offset, MetadataDeclaration declaration) {

	static final int INHERITED = -1;

}
