package io.securestreams.policy;

/**
 * A plain byte stream; the README section "protocol", {@code raw}, has no keys of its
 * own.
 */
public record RawPolicy() implements ProtocolPolicy {

	@Override
	public Protocol protocol() {
		return Protocol.RAW;
	}

}
