/**
 * Makes streams, and listens for accepted ones.
 */
@NullMarked
package io.securestreams.stream.factory;

import org.jspecify.annotations.NullMarked;
