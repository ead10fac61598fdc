/**
 * What users write on their handler beans.
 */
@NullMarked
package io.securestreams.spring.annotation;

import org.jspecify.annotations.NullMarked;
