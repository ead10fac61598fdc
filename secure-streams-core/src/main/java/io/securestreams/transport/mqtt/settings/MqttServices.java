package io.securestreams.transport.mqtt.settings;

import java.util.random.RandomGenerator;

import io.securestreams.limits.MqttLimits;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.transport.mqtt.wire.WireOpener;

/**
 * What the MQTT streams of one engine share.
 *
 * @param wires opens connections
 * @param blobs client id, user name and password
 * @param limits bounds and time limits
 * @param random makes client ids up
 */
public record MqttServices(WireOpener wires, SystemBlobs blobs, MqttLimits limits, RandomGenerator random) {

}
