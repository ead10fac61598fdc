/**
 * Proves to peers who we are: tokens that are fetched by ordinary streams, and signatures
 * of requests.
 */
@NullMarked
package io.securestreams.system.auth;

import org.jspecify.annotations.NullMarked;
