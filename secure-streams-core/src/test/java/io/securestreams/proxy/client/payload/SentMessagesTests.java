package io.securestreams.proxy.client.payload;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which message an answer is about, however many are under way.
 */
class SentMessagesTests {

	private static final int MOST = 65_535;

	private final SentMessages messages = new SentMessages();

	@Test
	void asManyAreKnownAsThereIsRoomFor() {
		for (int i = 0; i < MOST; i++) {
			assertThat(this.messages.hasRoom()).isTrue();
			this.messages.sent(i, i + 7, true);
		}
		assertThat(this.messages.hasRoom()).isFalse();
		for (int i = MOST - 1; i >= 0; i--) {
			assertThat(this.messages.take(i)).isEqualTo(i + 7);
			assertThat(this.messages.hasRoom()).isTrue();
		}
		assertThat(this.messages.take(3)).isZero();
	}

	@Test
	void whatAnEarlierConnectionHasLeftUnansweredKeepsNobodyWaiting() {
		for (int i = 0; i < MOST; i++) {
			this.messages.sent(i, i, true);
		}
		this.messages.began(MOST);
		assertThat(this.messages.hasRoom()).isTrue();
		for (int i = 0; i < MOST; i++) {
			this.messages.sent(MOST + i, i, true);
		}
		assertThat(this.messages.hasRoom()).isFalse();
	}

	@Test
	void anAnswerThatDoesNotSayIsNeverAboutAMessageThatFollowed() {
		for (int i = 0; i < 2000; i++) {
			this.messages.sent(i, i, false);
		}
		for (int i = 0; i < 2000; i++) {
			assertThat(this.messages.takeOldest()).isEqualTo((i < 976) ? 0 : i);
		}
		assertThat(this.messages.takeOldest()).isZero();
	}

	@Test
	void whatALinkHasTakenWithItIsKnown() {
		this.messages.sent(0, 5, true);
		this.messages.sent(1, 6, true);
		this.messages.take(0);
		this.messages.lose();
		assertThat(this.messages.nextLost()).isEqualTo(6);
		assertThat(this.messages.nextLost()).isNull();
		assertThat(this.messages.take(1)).isZero();
	}

}
