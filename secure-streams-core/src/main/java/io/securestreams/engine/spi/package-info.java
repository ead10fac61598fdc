/**
 * What a transport must implement and what it may call: the only place where engine and
 * transports meet.
 */
@NullMarked
package io.securestreams.engine.spi;

import org.jspecify.annotations.NullMarked;
