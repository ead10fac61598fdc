package io.securestreams.demo.tour;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What can be changed about the tour.
 *
 * @param port port of the library; another one is taken if it is in use, and 0 means any
 * @param outageEvery time between two outages of the library; 0 means there are none
 * @param outageLasts how long an outage lasts
 * @param scenes whether scenes are played one after the other
 */
@ConfigurationProperties("tour")
public record TourProperties(@DefaultValue("8443") int port, @DefaultValue("60s") Duration outageEvery,
		@DefaultValue("5s") Duration outageLasts, @DefaultValue("true") boolean scenes) {

}
