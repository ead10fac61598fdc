package io.securestreams.proxy.server;

import java.util.Set;

/**
 * A rule: who may use which streamtypes. A client that any of a rule's names fits, as a
 * user, a group or a certificate's subject, may have its streamtypes; with several rules
 * it may have those of all that fit.
 *
 * @param users names or numbers of users of this machine, for unix sockets
 * @param groups names or numbers of groups of this machine, for unix sockets
 * @param subjects certificate subjects for TCP with mutual TLS: the whole name as in RFC
 * 2253, or its CN alone
 * @param streamTypes names of streamtypes; empty for all
 */
public record ProxyAccess(Set<String> users, Set<String> groups, Set<String> subjects, Set<String> streamTypes) {

	public ProxyAccess {
		users = Set.copyOf(users);
		groups = Set.copyOf(groups);
		subjects = Set.copyOf(subjects);
		streamTypes = Set.copyOf(streamTypes);
		if (users.isEmpty() && groups.isEmpty() && subjects.isEmpty()) {
			throw new IllegalArgumentException(
					"a rule for access that fits nobody (expected: users, groups or subjects)");
		}
	}

	boolean fits(Peer peer) {
		return peer.users().stream().anyMatch(this.users::contains)
				|| peer.groups().stream().anyMatch(this.groups::contains)
				|| peer.subjects().stream().anyMatch(this.subjects::contains);
	}

	boolean allows(String streamType) {
		return this.streamTypes.isEmpty() || this.streamTypes.contains(streamType);
	}

}
