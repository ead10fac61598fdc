/**
 * Multipart bodies, made and taken apart.
 */
@NullMarked
package io.securestreams.transport.http.multipart;

import org.jspecify.annotations.NullMarked;
