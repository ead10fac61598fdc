/**
 * What policy and metadata say of connections and messages, in terms of MQTT.
 */
@NullMarked
package io.securestreams.transport.mqtt.settings;

import org.jspecify.annotations.NullMarked;
