package io.securestreams.transport.http.exchange;

import java.util.List;

import io.securestreams.transport.http.RequestBody;
import io.securestreams.transport.http.RequestRoute;
import io.securestreams.transport.http.multipart.MultipartFraming;
import org.jspecify.annotations.Nullable;

/**
 * A request that is ready to be sent, whatever the version of HTTP. While nothing it is
 * made of changes, a stream's requests are the same instance, so what it looks like on
 * the wire can be kept.
 *
 * @param route where it goes, and its method
 * @param authority host and port for {@code Host} or {@code :authority}
 * @param path path and query
 * @param fields header fields in order, without those that frame the body
 * @param body how its body is framed
 * @param multipart what its parts are framed with, or {@code null}
 * @param expects whether the body waits for 100 (Continue)
 */
public record RequestPlan(RequestRoute route, String authority, String path, List<RequestField> fields,
		RequestBody body, @Nullable MultipartFraming multipart, boolean expects) {

	/**
	 * Whether it has no body although its method could have one.
	 * @return {@code true} for a POST without anything to send
	 */
	public boolean isBodyless() {
		return !this.body.slots() && RequestBody.isPayloadMethod(this.route.method());
	}

	/**
	 * Whether there is a field of a name.
	 * @param name name in any case
	 * @return {@code true} if it is sent
	 */
	public boolean has(String name) {
		for (RequestField field : this.fields) {
			if (field.name().equalsIgnoreCase(name)) {
				return true;
			}
		}
		return false;
	}

}
