/**
 * MQTT client streams.
 *
 * <p>
 * A stream ({@code MqttClientTransport}) is a member of a {@code BrokerSession}, which it
 * shares with all streams of its event loop whose {@code ConnectSettings} are equal. The
 * session outlives its network connections ({@code Wire}): in {@code Outbox} is what is
 * under way to the broker, in {@code Deliveries} what is under way to the streams,
 * {@code Subscriptions} counts who wants what.
 */
@NullMarked
package io.securestreams.transport.mqtt;

import org.jspecify.annotations.NullMarked;
