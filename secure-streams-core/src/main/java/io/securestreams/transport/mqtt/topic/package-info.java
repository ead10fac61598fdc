/**
 * Topics and filters of MQTT: what matches what, at a cost that does not grow with what
 * does not.
 */
@NullMarked
package io.securestreams.transport.mqtt.topic;

import org.jspecify.annotations.NullMarked;
