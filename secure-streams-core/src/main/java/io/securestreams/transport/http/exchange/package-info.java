/**
 * One HTTP exchange as its client sees it, whatever the version of HTTP: what is asked,
 * where that goes, the body of the request, the verdict on the answer, redirects and
 * repeats. A version of HTTP implements {@link RequestConnector} and
 * {@link RequestChannel}, and keeps framing and connections to itself.
 */
@NullMarked
package io.securestreams.transport.http.exchange;

import org.jspecify.annotations.NullMarked;
