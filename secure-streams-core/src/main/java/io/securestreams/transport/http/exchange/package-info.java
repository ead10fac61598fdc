/**
 * One HTTP exchange, whatever the version: for clients what is asked, where that goes,
 * the verdict on the answer, redirects and repeats; for servers how a request is served
 * and what becomes of its answer. A version of HTTP implements the ports,
 * {@link RequestConnector} and {@link RequestChannel} for clients and
 * {@link ServerFraming} for servers, and keeps framing and connections to itself.
 */
@NullMarked
package io.securestreams.transport.http.exchange;

import org.jspecify.annotations.NullMarked;
