@NullMarked
package io.securestreams.system.policyfetch.signature;

import org.jspecify.annotations.NullMarked;
