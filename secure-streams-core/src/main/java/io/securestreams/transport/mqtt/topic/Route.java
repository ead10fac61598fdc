package io.securestreams.transport.mqtt.topic;

import java.util.List;

/**
 * Where messages of one topic go.
 *
 * @param topic the topic
 * @param targets each once
 * @param <T> what filters lead to
 */
public record Route<T>(String topic, List<T> targets) {

}
