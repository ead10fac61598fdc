package io.securestreams.transport.http;

import java.time.Duration;

import io.securestreams.policy.http.HttpBody;
import io.securestreams.transport.http.RequestBody.Framing;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Retry-After, and bodies of requests.
 */
class ResponseRulesTests {

	@ParameterizedTest
	@CsvSource({ "0,,0", "120,,120", "99999999,,86400", "99999999999999999999,,86400",
			"'Fri, 31 Dec 1999 23:59:59 GMT','Fri, 31 Dec 1999 23:59:29 GMT',30",
			"'Friday, 31-Dec-99 23:59:59 GMT','Fri Dec 31 23:59:29 1999',30",
			"'Fri, 31 Dec 1999 23:59:59 GMT','Fri, 31 Dec 1999 23:59:59 GMT',0",
			"'Fri, 31 Dec 1999 23:59:00 GMT','Fri, 31 Dec 1999 23:59:59 GMT',0", "'Thu, 01 Jan 1970 00:01:00 GMT',,50",
			"'Thu, 01 Jan 1970 00:01:00 GMT',nonsense,50" })
	void retryAfter(String value, @Nullable String date, long seconds) {
		assertThat(ResponseRules.retryAfter(value, date, 10_000)).isEqualTo(Duration.ofSeconds(seconds));
	}

	@ParameterizedTest
	@CsvSource({ "''", "soon", "-1", "1.5" })
	void retryAfterThatSaysNothing(String value) {
		assertThat(ResponseRules.retryAfter(value, null, 0)).isNull();
	}

	@Test
	void textsTooLongForADateSayNothing() {
		String date = "Thu, 01 Jan 1970 00:01:00 GMT";
		String tooLong = date + "x".repeat(100);
		assertThat(ResponseRules.retryAfter(tooLong, null, 0)).isNull();
		assertThat(ResponseRules.retryAfter(date, tooLong, 10_000)).isEqualTo(Duration.ofSeconds(50));
	}

	@ParameterizedTest
	@CsvSource({ "GET,true,5,,false,NONE,-1", "HEAD,true,-1,,false,NONE,-1", "POST,false,-1,,false,LENGTH,0",
			"POST,true,-1,,false,STREAM,-1", "POST,true,0,,false,LENGTH,0", "PUT,true,5,,false,LENGTH,5",
			"PATCH,true,5,,true,STREAM,-1", "POST,true,-1,7,false,LENGTH,7", "POST,false,-1,7,false,LENGTH,7",
			"POST,true,5,7,false,LENGTH,5", "DELETE,true,-1,,false,NONE,-1", "DELETE,true,5,,false,LENGTH,5" })
	void requestBodies(String method, boolean requested, long length, @Nullable String metadata, boolean noLength,
			Framing framing, long framed) {
		RequestBody body = RequestBody.of(method, new HttpBody(noLength, false, HttpBody.Multipart.NONE, false),
				requested, length, metadata);
		assertThat(body.framing()).isEqualTo(framing);
		assertThat(body.length()).isEqualTo(framed);
	}

	@Test
	void lengthsByMetadataAreNumbers() {
		assertThatExceptionOfType(InvalidRequestException.class)
			.isThrownBy(() -> RequestBody.of("POST", HttpBody.PLAIN, true, -1, "1\r\nx: y"));
	}

}
