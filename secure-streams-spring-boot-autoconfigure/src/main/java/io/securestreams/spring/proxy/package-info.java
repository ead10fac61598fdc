/**
 * A proxy for the streams of other processes, as part of an application.
 */
@NullMarked
package io.securestreams.spring.proxy;

import org.jspecify.annotations.NullMarked;
