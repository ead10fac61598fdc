/**
 * The figures that the section {@code metrics} of a policy asks for.
 */
@NullMarked
package io.securestreams.system.metrics;

import org.jspecify.annotations.NullMarked;
