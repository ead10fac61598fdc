/**
 * Fixtures shared by the tests of all modules.
 */
@NullMarked
package io.securestreams.testing;

import org.jspecify.annotations.NullMarked;
