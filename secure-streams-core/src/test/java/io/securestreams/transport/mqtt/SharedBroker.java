package io.securestreams.transport.mqtt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * One broker for all classes that are content with topics of their own.
 */
final class SharedBroker implements BeforeAllCallback {

	private static volatile int port;

	static int port() {
		return port;
	}

	@Override
	public void beforeAll(ExtensionContext context) {
		port = context.getRoot()
			.getStore(Namespace.create(SharedBroker.class))
			.computeIfAbsent(Running.class, (key) -> new Running(), Running.class).broker.port();
	}

	/** Until all tests have been run. */
	private static final class Running implements AutoCloseable {

		private final Path directory;

		private final EmbeddedBroker broker;

		Running() {
			try {
				this.directory = Files.createTempDirectory("broker");
				this.broker = new EmbeddedBroker(this.directory);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		public void close() throws IOException {
			this.broker.close();
			List<Path> all;
			try (Stream<Path> files = Files.walk(this.directory)) {
				all = files.sorted(Comparator.reverseOrder()).toList();
			}
			for (Path each : all) {
				Files.delete(each);
			}
		}

	}

}
