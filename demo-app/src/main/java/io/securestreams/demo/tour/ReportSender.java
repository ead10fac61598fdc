package io.securestreams.demo.tour;

import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.scheduling.annotation.Scheduled;

import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.adapter.MessageSource;
import io.securestreams.stream.adapter.OutgoingMessage;

/**
 * Files a report every few seconds: says how long it is, then writes it slot by slot when
 * the stream is ready. The policy conceals two failures; the third is told, and the next
 * report is a new try.
 */
@SecureStreamHandler("report")
class ReportSender implements StreamHandler {

	private static final Logger logger = LoggerFactory.getLogger("tour.report");

	private volatile @Nullable SecureStream stream;

	private volatile MessageSource report = MessageSource.of("");

	private volatile long asked;

	private int count;

	private OutgoingMessage message = new OutgoingMessage(MessageSource.of(""));

	@Scheduled(initialDelay = 3, fixedDelay = 5, timeUnit = TimeUnit.SECONDS)
	void file() {
		SecureStream stream = this.stream;
		if (stream != null) {
			this.asked = System.nanoTime();
			this.report = MessageSource.of(("Report %d: all is well.%n".formatted(++this.count)).repeat(100));
			stream.requestTx(this.report.length());
		}
	}

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		switch (state) {
			case CREATING -> {
				this.stream = stream;
				stream.metadata().set("type", "text/plain");
			}
			case CONNECTING -> this.message = new OutgoingMessage(this.report);
			case QOS_ACK_REMOTE ->
				logger.info("acknowledged in {} ms: {} bytes, receipt {}", (System.nanoTime() - this.asked) / 1_000_000,
						this.message.position(), stream.metadata().get("receipt"));
			case ALL_RETRIES_FAILED -> logger.warn("this report is lost, the next one will be tried again");
			default -> {
			}
		}
	}

	@Override
	public void onWritable(SecureStream stream, TxSlot slot) {
		this.message.write(stream, slot);
	}

}
