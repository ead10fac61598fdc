/**
 * The program {@code server}: handlers of server streams to try with curl and others, and
 * to copy from.
 */
@NullMarked
package io.securestreams.demo.server;

import org.jspecify.annotations.NullMarked;
