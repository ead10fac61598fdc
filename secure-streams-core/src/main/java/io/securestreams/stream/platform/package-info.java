/**
 * What streams get from the system around them: secrets, identities, hosts, a wake lock.
 */
@NullMarked
package io.securestreams.stream.platform;

import org.jspecify.annotations.NullMarked;
