/**
 * What is on its way between a stream and its proxy where frames are not simply payload:
 * put together, and read.
 */
@NullMarked
package io.securestreams.proxy.client.payload;

import org.jspecify.annotations.NullMarked;
