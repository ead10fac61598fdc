/**
 * MQTT 3.1.1 sessions shared by streams.
 */
@NullMarked
package io.securestreams.transport.mqtt;

import org.jspecify.annotations.NullMarked;
