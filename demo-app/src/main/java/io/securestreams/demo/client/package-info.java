/**
 * Profile {@code client}: one stream from the command line, one line of JSON per event.
 */
@NullMarked
package io.securestreams.demo.client;

import org.jspecify.annotations.NullMarked;
