/**
 * The link of a stream to its proxy: made, greeted, and made again after it is lost.
 */
@NullMarked
package io.securestreams.proxy.client.link;

import org.jspecify.annotations.NullMarked;
