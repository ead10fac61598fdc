package io.securestreams.system.policyfetch;

/**
 * What a policy that was fetched may do beyond connecting to hosts. Whatever it has in
 * common with the policy of this installation is allowed anyway.
 *
 * @param files endpoints {@code file://}
 * @param unixSockets endpoints {@code +path} and {@code +@name}
 * @param servers listeners
 * @param sinks local sinks
 * @param trust another trust store, client certificate or protection for the streamtypes
 * that fetch the policy itself
 */
public record FetchPermissions(boolean files, boolean unixSockets, boolean servers, boolean sinks, boolean trust) {

	/** Nothing is allowed. */
	public static final FetchPermissions NONE = new FetchPermissions(false, false, false, false, false);

}
