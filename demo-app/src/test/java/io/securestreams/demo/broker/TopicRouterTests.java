package io.securestreams.demo.broker;

import java.nio.charset.StandardCharsets;

import io.netty.handler.codec.mqtt.MqttQoS;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TopicRouterTests {

	private final TopicRouter router = new TopicRouter();

	@ParameterizedTest
	@CsvSource({ "a/b,a/b,true", "a/+,a/b,true", "a/+,a,false", "a/+,a/b/c,false", "a/#,a,true", "a/#,a/b/c,true",
			"#,a/b,true", "+/b,/b,true", "+,/b,false", "#,$SYS/a,false", "+/a,$SYS/a,false", "$SYS/#,$SYS/a,true",
			"a,A,false", "a,a/,false", "a/+,a/,true" })
	void filtersCoverTopicsAsTheStandardSays(String filter, String topic, boolean covers) {
		assertThat(TopicRouter.matches(filter, topic)).isEqualTo(covers);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a#", "#/a", "a/+b", "a/#/b" })
	void filtersThatAreNoneAreToldApart(String filter) {
		assertThat(TopicRouter.isFilter(filter)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "#", "+", "/", "a/+/#", "a//b" })
	void filtersAreRecognized(String filter) {
		assertThat(TopicRouter.isFilter(filter)).isTrue();
	}

	@Test
	void retainsNoMoreTopicsThanThereIsRoomFor() {
		for (int i = 0; i <= TopicRouter.MAX_RETAINED; i++) {
			this.router.retain(publication("a/" + i, "x"));
		}
		this.router.retain(publication("a/0", "y"));
		assertThat(this.router.retained("a/+")).hasSize(TopicRouter.MAX_RETAINED);
		this.router.retain(publication("a/0", ""));
		assertThat(this.router.retained("a/0")).isEmpty();
	}

	private static Publication publication(String topic, String text) {
		return new Publication(topic, text.getBytes(StandardCharsets.UTF_8), MqttQoS.AT_LEAST_ONCE);
	}

}
