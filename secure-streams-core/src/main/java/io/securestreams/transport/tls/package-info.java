/**
 * TLS contexts, keys and trust, who the peer is, and what has failed, in words.
 */
@NullMarked
package io.securestreams.transport.tls;

import org.jspecify.annotations.NullMarked;
