/**
 * What happens to streams and policy, as events of the application.
 */
@NullMarked
package io.securestreams.spring.event;

import org.jspecify.annotations.NullMarked;
