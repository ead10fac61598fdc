/**
 * HTTP-family listeners: sockets shared by streamtypes, and which protocol a connection
 * speaks.
 */
@NullMarked
package io.securestreams.transport.serving;

import org.jspecify.annotations.NullMarked;
