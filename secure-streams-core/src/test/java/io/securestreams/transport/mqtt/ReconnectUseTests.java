package io.securestreams.transport.mqtt;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.securestreams.stream.SecureStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many threads that send while the connection comes and goes.
 */
@ParameterizedClass
@CsvSource({ "3,true", "65536,true" })
@Timeout(60)
class ReconnectUseTests extends MqttUseContract {

	private static final int THREADS = 8;

	private static final int EACH = 12;

	ReconnectUseTests(int slot, boolean onLoop) {
		super(slot, onLoop);
	}

	@ParameterizedTest
	@CsvSource({ "0,true", "1,true", "2,true", "1,false", "2,false" })
	void eachSendHasAnOutcomeAndEachOrdinalOneVerdict(int qos, boolean fresh) throws Exception {
		this.clean = fresh;
		List<String> all = IntStream.range(0, THREADS * EACH).mapToObj((number) -> "m" + number).toList();
		assertThat(same(qos, (site) -> {
			MqttUser in = site.start(site.silent("in")).await("CONNECTED");
			MqttUser out = site.start(site.silent()).await("CONNECTED");
			sendFromThreads(out, site);
			List<String> outcomes = out.outcomes();
			assertThat(outcomes)
				.containsExactlyInAnyOrderElementsOf(all.stream().map((each) -> each + " sent").toList());
			out.await(all.size(), (event) -> event.startsWith("acknowledged ") || event.startsWith("rejected "));
			List<String> verdicts = out.events()
				.stream()
				.filter((event) -> event.contains(" "))
				.map((event) -> event.substring(event.indexOf(' ') + 1))
				.toList();
			assertThat(verdicts).containsExactlyInAnyOrderElementsOf(all);
			List<String> acknowledged = told(out, "acknowledged ");
			if (!fresh) {
				assertThat(acknowledged).hasSize(all.size());
			}
			out.send("last").await("acknowledged last");
			in.await("end of last");
			List<String> received = told(in, "end of ");
			if (qos > 0) {
				assertThat(received).containsAll(acknowledged);
			}
			if (qos != 1) {
				assertThat(received).doesNotHaveDuplicates();
			}
		})).isEmpty();
	}

	private static List<String> told(MqttUser user, String prefix) {
		return user.events()
			.stream()
			.filter((event) -> event.startsWith(prefix))
			.map((event) -> event.substring(prefix.length()))
			.collect(Collectors.toList());
	}

	private static void sendFromThreads(MqttUser out, Site site) throws Exception {
		CountDownLatch half = new CountDownLatch(THREADS);
		List<Thread> threads = new ArrayList<>();
		List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
		for (int i = 0; i < THREADS; i++) {
			int first = i * EACH;
			Thread thread = new Thread(() -> {
				for (int j = 0; j < EACH; j++) {
					out.send("m" + (first + j));
					if (j == EACH / 2) {
						half.countDown();
					}
				}
			});
			thread.setUncaughtExceptionHandler((failed, ex) -> failures.add(ex));
			threads.add(thread);
		}
		threads.forEach(Thread::start);
		half.await();
		site.cutPublisher();
		for (Thread thread : threads) {
			thread.join();
		}
		site.cutPublisher();
		assertThat(failures).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "0,disconnect", "1,disconnect", "2,disconnect", "0,close", "1,close", "2,close" })
	void noSendHangsWhenItsStreamGoesAway(int qos, String how) throws Exception {
		assertThat(same(qos, (site) -> {
			MqttUser out = site.start(site.silent()).await("CONNECTED");
			CountDownLatch half = new CountDownLatch(THREADS * EACH / 2);
			List<Thread> threads = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				int first = i * EACH;
				threads.add(new Thread(() -> {
					for (int j = 0; j < EACH; j++) {
						out.send("m" + (first + j));
						half.countDown();
					}
				}));
			}
			threads.forEach(Thread::start);
			half.await();
			out.call(how.equals("close") ? SecureStream::close : SecureStream::disconnect);
			for (Thread thread : threads) {
				thread.join();
			}
			if (how.equals("disconnect")) {
				// What came after it has connected again, or this does
				out.send("last").await("acknowledged last");
			}
			List<String> outcomes = out.outcomes();
			String failure = how.equals("close") ? " StreamClosedException" : " SendFailedException";
			assertThat(outcomes).allMatch((each) -> each.endsWith(" sent") || each.endsWith(failure));
		})).isEmpty();
	}

}
