package io.securestreams.spring.testing;

import io.securestreams.policy.Policy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.json.PolicyJson;

/**
 * A small policy with one streamtype of each kind.
 */
public final class TestPolicies {

	public static final String JSON = """
			{
			  "release": "01234567", "product": "test", "schema-version": 1,
			  "retry": [ { "default": { "backoff": [ 1000 ], "conceal": 1, "jitterpc": 0 } } ],
			  "s": [
			    { "mintest": { "endpoint": "127.0.0.1", "port": 443, "protocol": "h1", "http_method": "GET",
			      "http_url": "/${path}", "retry": "default", "metadata": [ { "path": "" }, { "ctype": "content-type:" } ] } },
			    { "telemetry": { "endpoint": "127.0.0.1", "port": 443, "protocol": "ws", "http_url": "/t",
			      "retry": "default", "nailed_up": true } },
			    { "bytes": { "endpoint": "127.0.0.1", "port": 4433, "protocol": "raw" } },
			    { "chat": { "server": true, "port": 0, "protocol": "h1", "metadata": [ { "path": "" } ] } }
			  ]
			}
			""";

	public static final Policy POLICY = PolicyJson.read(JSON, "test").policy();

	private TestPolicies() {
	}

	public static StreamPolicy streamType(String name) {
		return POLICY.streamType(name).orElseThrow();
	}

}
