package io.securestreams.proxy.server;

import java.util.Set;

/**
 * Who is at the other end of a link.
 *
 * @param name what limits and logs know it by
 * @param users name and number of the user
 * @param groups names and numbers of the user's groups
 * @param subjects the subject of its certificate, and the CN of that
 */
record Peer(String name, Set<String> users, Set<String> groups, Set<String> subjects) {

}
