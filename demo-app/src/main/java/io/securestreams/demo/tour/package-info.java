/**
 * Profile {@code tour}, the default: a TLS server stream, client streams that fetch from
 * it on a schedule, and two that talk through an MQTT broker.
 */
@NullMarked
package io.securestreams.demo.tour;

import org.jspecify.annotations.NullMarked;
