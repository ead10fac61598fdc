/**
 * What every protocol does for applications, as tests that each of them passes.
 */
@NullMarked
package io.securestreams.transport.contract;

import org.jspecify.annotations.NullMarked;
