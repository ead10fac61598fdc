package io.securestreams.spring.event;

import io.securestreams.system.captiveportal.CaptivePortalState;

/**
 * It has been found out whether the network leads to the internet, and that is not what
 * was known before. Published on an event loop: listeners must not block, unless they are
 * asynchronous.
 *
 * @param state what has been found
 * @param reason what led to it, for people; empty if there is nothing to say
 */
public record CaptivePortalEvent(CaptivePortalState state, String reason) {

}
