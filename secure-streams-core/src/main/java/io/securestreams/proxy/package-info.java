/**
 * What both ends of a link between a client and a proxy know.
 */
@NullMarked
package io.securestreams.proxy;

import org.jspecify.annotations.NullMarked;
