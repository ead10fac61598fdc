/**
 * From handler beans to live streams: endpoints describe, the registry runs them.
 */
@NullMarked
package io.securestreams.spring.endpoint;

import org.jspecify.annotations.NullMarked;
