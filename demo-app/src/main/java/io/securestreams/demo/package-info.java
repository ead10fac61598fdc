/**
 * One jar, several programs: the Spring profile says which one runs.
 */
@NullMarked
package io.securestreams.demo;

import org.jspecify.annotations.NullMarked;
