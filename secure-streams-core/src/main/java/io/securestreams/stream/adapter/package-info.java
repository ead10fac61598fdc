/**
 * Whole messages on top of slots: texts, files and streams of any length.
 */
@NullMarked
package io.securestreams.stream.adapter;

import org.jspecify.annotations.NullMarked;
