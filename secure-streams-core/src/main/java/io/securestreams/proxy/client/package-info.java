/**
 * Streams that are fulfilled by a proxy over the serialization protocol.
 */
@NullMarked
package io.securestreams.proxy.client;

import org.jspecify.annotations.NullMarked;
