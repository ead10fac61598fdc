/**
 * Cookies as a user agent keeps them (RFC 6265).
 */
@NullMarked
package io.securestreams.transport.http.cookie;

import org.jspecify.annotations.NullMarked;
