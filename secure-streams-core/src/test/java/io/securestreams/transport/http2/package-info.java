/**
 * What tests of both sides of HTTP/2 connections share.
 */
@NullMarked
package io.securestreams.transport.http2;

import org.jspecify.annotations.NullMarked;
