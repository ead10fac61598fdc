package io.securestreams.demo.tour;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

import io.securestreams.spring.event.CaptivePortalEvent;
import io.securestreams.spring.event.PolicyChangedEvent;
import io.securestreams.system.captiveportal.CaptivePortalDetector;
import io.securestreams.system.policyfetch.PolicyOverlay;
import io.securestreams.system.policyfetch.PolicyRefresher;
import io.securestreams.system.policyfetch.RefreshOutcome;

/**
 * What may happen to a policy and a network, one scene after the other; or one on
 * request: {@code curl -X POST localhost:8080/scene/refresh}.
 */
@RestController
class TourScenes {

	private static final String REHEARSAL = "rehearsal";

	/** Refuses the stream that reads quotes. */
	private static final PolicyOverlay NO_QUOTES = new PolicyOverlay(REHEARSAL,
			"{ \"s\": [ { \"quote\": { \"faults\": [ { \"refuse\": 1 } ] } } ] }");

	private static final Logger logger = LoggerFactory.getLogger("tour.scene");

	private final PolicyOffice office;

	private final PolicyRefresher refresher;

	private final CaptivePortalDetector detector;

	private final boolean enabled;

	private int next;

	TourScenes(PolicyOffice office, PolicyRefresher refresher, CaptivePortalDetector detector,
			TourProperties properties) {
		this.office = office;
		this.refresher = refresher;
		this.detector = detector;
		this.enabled = properties.scenes();
	}

	/** One after the other, while nobody is in a hurry. */
	@Scheduled(initialDelay = 12, fixedDelay = 15, timeUnit = TimeUnit.SECONDS)
	void next() {
		if (this.enabled) {
			Scene[] scenes = Scene.values();
			play(scenes[this.next++ % scenes.length]);
		}
	}

	/**
	 * Plays a scene.
	 * @param name which one, in capital letters or not
	 */
	@PostMapping("/scene/{name}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void play(@PathVariable String name) {
		for (Scene scene : Scene.values()) {
			if (scene.name().equalsIgnoreCase(name)) {
				play(scene);
				return;
			}
		}
		throw new ResponseStatusException(HttpStatus.NOT_FOUND, "one of " + Arrays.toString(Scene.values()));
	}

	private void play(Scene scene) {
		switch (scene) {
			case REFRESH -> {
				logger.info("the office has a newer policy");
				this.office.publish();
				refresh();
			}
			case RUBBISH -> {
				logger.info("the office sends a web page in place of a policy");
				this.office.publishRubbish();
				refresh();
				this.office.withdraw();
			}
			case MISTAKE -> {
				logger.info("the office has a policy whose streams lead nowhere, which nobody can see yet");
				this.office.publishMistake();
				refresh();
			}
			case PORTAL -> {
				this.office.captive(true);
				look();
			}
			case INTERNET -> {
				this.office.captive(false);
				look();
			}
			case REHEARSAL -> {
				logger.info("an outage is rehearsed: quotes are refused on purpose");
				this.refresher.addOverlay(NO_QUOTES).toCompletableFuture().join();
			}
			case RECOVERY -> {
				logger.info("the rehearsal is over");
				this.refresher.removeOverlay(REHEARSAL).exceptionally((failure) -> null).toCompletableFuture().join();
			}
		}
	}

	private void refresh() {
		RefreshOutcome outcome = this.refresher.refresh().toCompletableFuture().join();
		logger.info("refresh: {}; the policy in force came from {}", outcome, this.refresher.status().origin());
	}

	private void look() {
		logger.info("the network leads to: {}", this.detector.check().toCompletableFuture().join().state());
	}

	@EventListener
	void changed(PolicyChangedEvent event) {
		event.diff().lines().forEach((line) -> logger.info("policy: {}", line));
	}

	@EventListener
	void verdict(CaptivePortalEvent event) {
		logger.info("captive portal: {} {}", event.state(), event.reason());
	}

	/**
	 * What there is to play.
	 */
	enum Scene {

		/** A newer policy arrives. */
		REFRESH,
		/** What arrives is no policy. */
		RUBBISH,
		/** A portal is in the way. */
		PORTAL,
		/** It is gone. */
		INTERNET,
		/** An overlay makes a stream fail. */
		REHEARSAL,
		/** The overlay is gone. */
		RECOVERY,
		/** A policy arrives under which nothing works; in a while it is taken back. */
		MISTAKE

	}

}
