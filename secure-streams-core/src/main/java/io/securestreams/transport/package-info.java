/**
 * Event loops, addresses, name resolution, TLS contexts and connection establishment
 * shared by all protocols.
 */
@NullMarked
package io.securestreams.transport;

import org.jspecify.annotations.NullMarked;
