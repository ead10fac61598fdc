package io.securestreams.spring.boot.actuate.endpoint;

import java.util.List;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What is alive.
 *
 * @param streams the streams, accepted ones included
 * @param servers the listeners
 */
public record SecureStreamsDescriptor(List<StreamDescriptor> streams,
		List<StreamDescriptor> servers) implements OperationResponseBody {

	public SecureStreamsDescriptor {
		streams = List.copyOf(streams);
		servers = List.copyOf(servers);
	}

}
