/**
 * Certificates that the programs make for themselves when they start.
 */
@NullMarked
package io.securestreams.demo.certificates;

import org.jspecify.annotations.NullMarked;
