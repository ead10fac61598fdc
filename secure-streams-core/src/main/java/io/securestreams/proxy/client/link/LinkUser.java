package io.securestreams.proxy.client.link;

import io.securestreams.proxy.wire.CreateResult;
import io.securestreams.proxy.wire.ProxyFrame;
import io.securestreams.stream.StreamFailure;

/**
 * Who has a link, and is told about it. On the event loop of the stream.
 */
public interface LinkUser {

	/** The proxy is connected; the streamtype has been written, and more may be. */
	void greeted();

	/** The proxy has the stream. */
	void created(CreateResult result);

	/**
	 * The proxy does not have the stream, or not for us. There will be another attempt.
	 */
	void refused(StreamFailure failure);

	/** The proxy has sent something, which may be borrowed. */
	void frame(ProxyFrame frame);

	/** All that has arrived has been passed on, or the proxy takes more. */
	void turn();

	/**
	 * The link is gone. There will be another attempt.
	 * @param failure why
	 */
	void lost(StreamFailure failure);

	/**
	 * The proxy has ended the link for what the stream wants, which it is going to do
	 * again unless the stream wants something else. There will be another attempt.
	 * @param failure why
	 */
	void revoked(StreamFailure failure);

	/**
	 * An attempt has failed, and there is another.
	 * @param failure why
	 * @param millis for how long there has not been a link, in ms
	 */
	void retrying(StreamFailure failure, long millis);

}
