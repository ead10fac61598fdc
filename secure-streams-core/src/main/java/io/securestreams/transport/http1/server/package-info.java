/**
 * Accepted HTTP/1.1 connections, and their requests one after the other.
 */
@NullMarked
package io.securestreams.transport.http1.server;

import org.jspecify.annotations.NullMarked;
