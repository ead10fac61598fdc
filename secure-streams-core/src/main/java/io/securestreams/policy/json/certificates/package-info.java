/**
 * Certificates and private keys out of what a policy may hold.
 */
@NullMarked
package io.securestreams.policy.json.certificates;

import org.jspecify.annotations.NullMarked;
