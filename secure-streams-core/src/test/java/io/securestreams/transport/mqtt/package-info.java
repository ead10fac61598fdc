/**
 * Tests of MQTT streams: against an embedded broker, and against scripts of what brokers
 * do.
 */
@NullMarked
package io.securestreams.transport.mqtt;

import org.jspecify.annotations.NullMarked;
