/**
 * A program that writes a policy as Java.
 */
@NullMarked
package io.securestreams.demo.policy2java;

import org.jspecify.annotations.NullMarked;
