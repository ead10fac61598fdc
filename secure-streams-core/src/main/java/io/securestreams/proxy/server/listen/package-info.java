/**
 * Where a proxy listens: TCP, files of unix sockets and their permissions, abstract
 * names.
 */
@NullMarked
package io.securestreams.proxy.server.listen;

import org.jspecify.annotations.NullMarked;
