/**
 * Outages that are rehearsed: what the policy key {@code faults} does to client streams
 * of any protocol.
 */
@NullMarked
package io.securestreams.transport.fault;

import org.jspecify.annotations.NullMarked;
