package io.securestreams.spring.boot.observation;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.securestreams.stream.SecureStream;

/**
 * One call of an annotated method of a handler bean, outside of requests to servers. The
 * carrier is the stream, whose metadata has the headers of traces.
 */
public class HandlerContext extends ReceiverContext<SecureStream> {

	private final String streamType;

	private final String streamId;

	private final String event;

	/**
	 * Makes the context of a call.
	 * @param stream the stream
	 * @param event why the method is called
	 */
	public HandlerContext(SecureStream stream, String event) {
		super(TraceHeaders.RECEIVED, Kind.CONSUMER);
		setCarrier(stream);
		this.streamType = stream.streamType();
		this.streamId = stream.id();
		this.event = event;
	}

	/**
	 * Returns the streamtype.
	 * @return its name
	 */
	public String streamType() {
		return this.streamType;
	}

	/**
	 * Returns which stream it is.
	 * @return its id, as in logs
	 */
	public String streamId() {
		return this.streamId;
	}

	/**
	 * Returns why the method is called.
	 * @return name of the state, or {@code USER_STATE}, {@code RECEIVE},
	 * {@code WRITABLE}, {@code PERF}
	 */
	public String event() {
		return this.event;
	}

}
