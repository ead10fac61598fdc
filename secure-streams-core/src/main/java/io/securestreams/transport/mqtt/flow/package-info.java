/**
 * Messages under way to a broker.
 */
@NullMarked
package io.securestreams.transport.mqtt.flow;

import org.jspecify.annotations.NullMarked;
