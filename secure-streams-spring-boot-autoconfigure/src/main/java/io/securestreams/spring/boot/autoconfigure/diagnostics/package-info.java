/**
 * Explains failures to start that can be foreseen.
 */
@NullMarked
package io.securestreams.spring.boot.autoconfigure.diagnostics;

import org.jspecify.annotations.NullMarked;
