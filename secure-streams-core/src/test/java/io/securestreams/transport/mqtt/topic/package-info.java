/**
 * Tests of topics and filters.
 */
@NullMarked
package io.securestreams.transport.mqtt.topic;

import org.jspecify.annotations.NullMarked;
