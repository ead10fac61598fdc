package io.securestreams.policy;

/**
 * Which authentication scheme a streamtype uses.
 *
 * @param scheme the entry of {@code auth} ({@code use_auth})
 * @param regionMetadata name of the metadata that holds the AWS region
 * ({@code aws_region}), or empty
 * @param serviceMetadata name of the metadata that holds the AWS service
 * ({@code aws_service}), or empty
 */
public record AuthUse(AuthScheme scheme, String regionMetadata, String serviceMetadata) {

}
