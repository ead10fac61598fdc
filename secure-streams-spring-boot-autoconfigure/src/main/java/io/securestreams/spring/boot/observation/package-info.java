/**
 * Observations of transactions and handlers, and the traces that go on with them.
 */
@NullMarked
package io.securestreams.spring.boot.observation;

import org.jspecify.annotations.NullMarked;
