/**
 * Auto-configuration of the engine and of handler beans.
 */
@NullMarked
package io.securestreams.spring.boot.autoconfigure;

import org.jspecify.annotations.NullMarked;
