/**
 * Event loops, how they drive sockets, and what every connection has whatever is spoken
 * on it: a name, markings, signs of life, collected writes.
 */
@NullMarked
package io.securestreams.transport.loop;

import org.jspecify.annotations.NullMarked;
