/**
 * The MQTT 3.1.1 broker of the tour, so that there is one to talk to without installing
 * it. Not for production: no users, no kept sessions, no QoS 2, loopback only.
 */
@NullMarked
package io.securestreams.demo.broker;

import org.jspecify.annotations.NullMarked;
