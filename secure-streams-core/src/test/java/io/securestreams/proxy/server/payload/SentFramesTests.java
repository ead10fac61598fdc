package io.securestreams.proxy.server.payload;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which frame an acknowledgement is about, however many are under way.
 */
class SentFramesTests {

	@Test
	void asManyAreKnownAsCanBeUnderWay() {
		SentFrames frames = new SentFrames(SentFrames.ALL_ANSWERED);
		for (int i = 0; i < 65_535; i++) {
			frames.sent(i, i + 7);
		}
		for (int i = 0; i < 65_535; i++) {
			assertThat(frames.take(i)).isEqualTo(i + 7);
		}
		assertThat(frames.take(0)).isEqualTo(SentFrames.NONE);
	}

	@Test
	void asManyAreKnownThatAreNeverGoingToBeSent() {
		SentFrames frames = new SentFrames(SentFrames.ALL_ANSWERED);
		for (int i = 0; i < 65_535; i++) {
			frames.dropped(i);
		}
		for (int i = 0; i < 65_535; i++) {
			assertThat(frames.nextDropped()).isEqualTo(i);
		}
		assertThat(frames.nextDropped()).isNull();
	}

	@Test
	void theOldestIsForgottenWhereAnswersAreFew() {
		SentFrames frames = new SentFrames(SentFrames.FEW_ANSWERED);
		for (int i = 0; i <= SentFrames.FEW_ANSWERED; i++) {
			frames.sent(i, i);
		}
		assertThat(frames.take(0)).isEqualTo(SentFrames.NONE);
		assertThat(frames.take(1)).isEqualTo(1);
	}

}
