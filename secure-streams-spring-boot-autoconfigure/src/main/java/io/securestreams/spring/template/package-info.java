/**
 * Transactions in one line: a stream is made for each, and gone when it is done.
 */
@NullMarked
package io.securestreams.spring.template;

import org.jspecify.annotations.NullMarked;
