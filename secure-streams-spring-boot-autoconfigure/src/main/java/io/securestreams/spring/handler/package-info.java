/**
 * Turns annotated methods into stream handlers, and runs handlers on executors.
 */
@NullMarked
package io.securestreams.spring.handler;

import org.jspecify.annotations.NullMarked;
