/**
 * What a policy says of HTTP, and of WebSockets that begin as HTTP.
 */
@NullMarked
package io.securestreams.policy.http;

import org.jspecify.annotations.NullMarked;
