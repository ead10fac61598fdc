/**
 * Profile {@code tour}, the default: a TLS server stream, and client streams that fetch
 * from it on a schedule.
 */
@NullMarked
package io.securestreams.demo.tour;

import org.jspecify.annotations.NullMarked;
