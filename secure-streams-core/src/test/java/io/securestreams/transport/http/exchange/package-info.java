@NullMarked
package io.securestreams.transport.http.exchange;

import org.jspecify.annotations.NullMarked;
