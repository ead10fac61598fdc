/**
 * Many links over one byte stream: the mux layer of libwebsockets, for serial lines and
 * the like.
 */
@NullMarked
package io.securestreams.proxy.mux;

import org.jspecify.annotations.NullMarked;
