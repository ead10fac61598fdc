/**
 * Finds out whether the network leads to the internet, with an ordinary stream.
 */
@NullMarked
package io.securestreams.system.captiveportal;

import org.jspecify.annotations.NullMarked;
