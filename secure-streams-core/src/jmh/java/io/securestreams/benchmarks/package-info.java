/**
 * JMH benchmarks that compare streams with peers in the same run. CPU time and allocation
 * are those of the client's own event loop thread; servers run in a process of their own.
 */
@NullMarked
package io.securestreams.benchmarks;

import org.jspecify.annotations.NullMarked;
