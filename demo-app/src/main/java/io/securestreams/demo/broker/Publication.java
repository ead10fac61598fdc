package io.securestreams.demo.broker;

import io.netty.handler.codec.mqtt.MqttQoS;

/**
 * A message on its way through the broker.
 *
 * @param topic where to
 * @param payload what; nobody changes it
 * @param qos how the publisher sent it
 */
record Publication(String topic, byte[] payload, MqttQoS qos) {

}
