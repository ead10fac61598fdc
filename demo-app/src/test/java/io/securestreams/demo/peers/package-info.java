/**
 * The client program against real peers.
 */
@NullMarked
package io.securestreams.demo.peers;

import org.jspecify.annotations.NullMarked;
