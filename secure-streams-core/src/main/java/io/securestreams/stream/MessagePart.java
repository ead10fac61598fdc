package io.securestreams.stream;

import org.jspecify.annotations.Nullable;

/**
 * What the head of a part says of a multipart message (RFC 7578 section 4), written by
 * the peer: a file name in particular is nothing to open a file with.
 *
 * @param name the name of the form's field, or {@code null} if it has none
 * @param fileName the name of the file, or {@code null} if it is none
 * @param contentType the part's own media type, or {@code null} if it does not say
 */
public record MessagePart(@Nullable String name, @Nullable String fileName, @Nullable String contentType) {

}
