package io.securestreams.demo.tour;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.annotation.DurationFormat.Style;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * An outage on request: {@code curl -X POST localhost:8080/outage?lasts=10s}.
 */
@RestController
class OutageController {

	private final Library library;

	private final TourProperties properties;

	OutageController(Library library, TourProperties properties) {
		this.library = library;
		this.properties = properties;
	}

	@PostMapping("/outage")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void outage(@RequestParam(required = false) @DurationFormat(style = Style.SIMPLE) @Nullable Duration lasts) {
		this.library.closeFor((lasts != null) ? lasts : this.properties.outageLasts());
	}

}
