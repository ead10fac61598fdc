/**
 * MQTT control packets, versions 3.1.1 and 5, read and written piece by piece: payload is
 * passed on as it comes and never collected.
 */
@NullMarked
package io.securestreams.transport.mqtt.frame;

import org.jspecify.annotations.NullMarked;
