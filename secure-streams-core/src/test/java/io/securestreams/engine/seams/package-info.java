/**
 * A dry run of the seams of the engine: a transport and a fulfilment that exist nowhere
 * else.
 */
@NullMarked
package io.securestreams.engine.seams;

import org.jspecify.annotations.NullMarked;
