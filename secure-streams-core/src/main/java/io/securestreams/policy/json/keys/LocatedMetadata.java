package io.securestreams.policy.json.keys;

import io.securestreams.policy.MetadataDeclaration;

/**
 * A declared metadata name, and where its header name stands in the document.
 *
 * @param place where the value stands, {@link #INHERITED} if it stems from the policy
 * that the document overlays
 */
public record LocatedMetadata(int place, MetadataDeclaration declaration) {

	public static final int INHERITED = -1;

}
