package io.securestreams.system.captiveportal;

/**
 * What is known about the way to the internet.
 */
public enum CaptivePortalState {

	/** A check is running, or none has been made. */
	UNKNOWN("Unknown"),
	/** The expected answer has come. */
	INTERNET_OK("OK"),
	/** Somebody on the way has answered instead: people have to sign in first. */
	CAPTIVE_PORTAL("Captive"),
	/** There was no answer. */
	NO_INTERNET("No internet");

	private final String text;

	CaptivePortalState(String text) {
		this.text = text;
	}

	/**
	 * Returns what libwebsockets calls it.
	 * @return for example {@code No internet}
	 */
	public String text() {
		return this.text;
	}

}
