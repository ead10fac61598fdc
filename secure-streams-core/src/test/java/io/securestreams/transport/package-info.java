/**
 * Tests and fixtures of what all transports share.
 */
@NullMarked
package io.securestreams.transport;

import org.jspecify.annotations.NullMarked;
