/**
 * Credential sources: bearer tokens, Login with Amazon, AWS Signature Version 4.
 */
@NullMarked
package io.securestreams.system.auth;

import org.jspecify.annotations.NullMarked;
