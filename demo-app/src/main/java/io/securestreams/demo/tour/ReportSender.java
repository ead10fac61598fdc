package io.securestreams.demo.tour;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.scheduling.annotation.Scheduled;

import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.annotation.SecureStreamHandler.Dispatch;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

/**
 * Files a report every few seconds: says how long it is, then writes it slot by slot when
 * the stream is ready. The policy conceals two failures; the third is told, and the next
 * report is a new try.
 */
// Its slots and its states change the same fields, so they stay on the event loop in any
// case
@SecureStreamHandler(value = "report", dispatch = Dispatch.EVENT_LOOP)
class ReportSender implements StreamHandler {

	private static final Logger logger = LoggerFactory.getLogger("tour.report");

	private volatile @Nullable SecureStream stream;

	private volatile byte[] report = new byte[0];

	private volatile long asked;

	private int count;

	private int sent;

	@Scheduled(initialDelay = 3, fixedDelay = 5, timeUnit = TimeUnit.SECONDS)
	void file() {
		SecureStream stream = this.stream;
		if (stream != null) {
			this.asked = System.nanoTime();
			this.report = ("Report %d: all is well.%n".formatted(++this.count)).repeat(100)
				.getBytes(StandardCharsets.UTF_8);
			stream.requestTx(this.report.length);
		}
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		switch (state) {
			case CREATING -> {
				this.stream = stream;
				stream.metadata().set("type", "text/plain");
			}
			case CONNECTING -> this.sent = 0;
			case QOS_ACK_REMOTE -> logger.info("acknowledged in {} ms: {} bytes, receipt {}",
					(System.nanoTime() - this.asked) / 1_000_000, this.sent, stream.metadata().get("receipt"));
			case ALL_RETRIES_FAILED -> logger.warn("this report is lost, the next one will be tried again");
			default -> {
			}
		}
	}

	@Override
	public void onWritable(SecureStream stream, TxSlot slot) {
		byte[] report = this.report;
		int size = Math.min(slot.capacity(), report.length - this.sent);
		slot.write(report, this.sent, size);
		this.sent += size;
		if (this.sent == report.length) {
			slot.end();
		}
	}

}
