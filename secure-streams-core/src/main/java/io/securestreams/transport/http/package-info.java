/**
 * Protocol-neutral HTTP mapping: metadata to and from headers, URLs, response codes,
 * verdicts.
 */
@NullMarked
package io.securestreams.transport.http;

import org.jspecify.annotations.NullMarked;
