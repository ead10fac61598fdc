/**
 * The policy an application starts with: where it is, and how it is read.
 */
@NullMarked
package io.securestreams.spring.boot.policy;

import org.jspecify.annotations.NullMarked;
