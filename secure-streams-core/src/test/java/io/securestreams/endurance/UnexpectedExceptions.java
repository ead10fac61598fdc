package io.securestreams.endurance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/**
 * Finds in the log what only a defect throws, whoever has caught it.
 */
final class UnexpectedExceptions extends AppenderBase<ILoggingEvent> implements AutoCloseable {

	private static final List<String> DEFECTS = List.of("java.lang.NullPointerException",
			"java.lang.IllegalStateException", "java.lang.IllegalArgumentException", "java.lang.ClassCastException",
			"java.lang.IndexOutOfBoundsException", "java.lang.ArrayIndexOutOfBoundsException",
			"java.lang.StringIndexOutOfBoundsException", "java.lang.NegativeArraySizeException",
			"java.lang.UnsupportedOperationException", "java.util.NoSuchElementException",
			"java.util.ConcurrentModificationException", "io.netty.util.IllegalReferenceCountException",
			"java.lang.OutOfMemoryError", "java.lang.StackOverflowError", "java.lang.AssertionError");

	private final Queue<String> found = new ConcurrentLinkedQueue<>();

	private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

	UnexpectedExceptions() {
		setContext(this.root.getLoggerContext());
		start();
		this.root.addAppender(this);
	}

	@Override
	protected void append(ILoggingEvent event) {
		String text = event.getFormattedMessage();
		for (IThrowableProxy cause = event.getThrowableProxy(); cause != null; cause = cause.getCause()) {
			if (DEFECTS.contains(cause.getClassName())) {
				this.found.add(text + ": " + cause.getClassName() + ": " + cause.getMessage() + " "
						+ Arrays.stream(cause.getStackTraceElementProxyArray()).limit(8).toList());
				return;
			}
		}
		if (DEFECTS.stream().anyMatch(text::contains)
				|| (event.getLevel().isGreaterOrEqual(Level.WARN) && event.getLoggerName().startsWith("io.netty"))) {
			this.found.add(text);
		}
	}

	List<String> drain() {
		List<String> drained = new ArrayList<>();
		for (String text = this.found.poll(); text != null; text = this.found.poll()) {
			drained.add(text);
		}
		return drained;
	}

	@Override
	public void close() {
		this.root.detachAppender(this);
		stop();
	}

}
