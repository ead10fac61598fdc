/**
 * Tests of links to a proxy.
 */
@NullMarked
package io.securestreams.proxy.client.link;

import org.jspecify.annotations.NullMarked;
