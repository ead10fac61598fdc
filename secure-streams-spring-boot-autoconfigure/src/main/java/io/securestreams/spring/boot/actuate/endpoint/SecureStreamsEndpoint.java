package io.securestreams.spring.boot.actuate.endpoint;

import java.util.Optional;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.stream.factory.StreamServer;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * Actuator endpoint that shows live streams and, where
 * {@code management.endpoint.securestreams.access} is {@code unrestricted}, connects,
 * disconnects and destroys them.
 */
@Endpoint(id = "securestreams", defaultAccess = Access.READ_ONLY)
public class SecureStreamsEndpoint {

	private final StreamFactory streams;

	/**
	 * Makes an endpoint.
	 * @param streams where the streams are
	 */
	public SecureStreamsEndpoint(StreamFactory streams) {
		this.streams = streams;
	}

	/**
	 * Returns all streams and listeners.
	 * @return what is alive
	 */
	@ReadOperation
	public SecureStreamsDescriptor streams() {
		return new SecureStreamsDescriptor(this.streams.streams().stream().map(StreamDescriptor::of).toList(),
				this.streams.servers().stream().map(StreamDescriptor::of).toList());
	}

	/**
	 * Returns one stream or listener.
	 * @param id its id
	 * @return the stream, or {@code null} if there is none of that id
	 */
	@ReadOperation
	public @Nullable StreamDescriptor stream(@Selector String id) {
		return findStream(id).map(StreamDescriptor::of).or(() -> findServer(id).map(StreamDescriptor::of)).orElse(null);
	}

	/**
	 * Connects, disconnects, hangs up or destroys a stream.
	 * @param id its id
	 * @param action {@code connect}, {@code disconnect} (until it is asked to connect),
	 * {@code hang-up} (the policy decides what follows) or {@code destroy}; a listener
	 * can be destroyed only, a stream it has accepted cannot be connected
	 * @return the stream before the action has taken effect, or {@code null} if there is
	 * none of that id
	 */
	@WriteOperation
	public @Nullable StreamDescriptor act(@Selector String id, @Nullable String action) {
		StreamDescriptor before = stream(id);
		return (before != null && tryAct(id, action)) ? before : null;
	}

	boolean tryAct(String id, @Nullable String action) {
		Optional<SecureStream> stream = findStream(id);
		if (stream.isPresent()) {
			StreamAction.of(action, stream.get().role()).perform(stream.get());
			return true;
		}
		Optional<StreamServer> server = findServer(id);
		server.ifPresent((found) -> {
			StreamAction.of(action, StreamRole.LISTENER);
			found.close();
		});
		return server.isPresent();
	}

	private Optional<SecureStream> findStream(String id) {
		return this.streams.streams().stream().filter((stream) -> stream.id().equals(id)).findFirst();
	}

	private Optional<StreamServer> findServer(String id) {
		return this.streams.servers().stream().filter((server) -> server.id().equals(id)).findFirst();
	}

}
