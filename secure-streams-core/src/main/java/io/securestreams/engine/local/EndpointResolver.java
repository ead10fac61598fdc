package io.securestreams.engine.local;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.Target;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.Template;

/**
 * Works out what a connection attempt aims at, and gives the same {@link Target} as long
 * as policy and expanded text stay the same.
 */
final class EndpointResolver {

	private final Function<String, @Nullable String> symbols;

	private @Nullable StreamPolicy policy;

	private String text = "";

	private @Nullable Target target;

	/**
	 * Makes the resolver of a stream.
	 * @param symbols gives metadata values, see {@link Template#expand}
	 */
	EndpointResolver(Function<String, @Nullable String> symbols) {
		this.symbols = symbols;
	}

	/**
	 * Resolves the endpoint.
	 * @param current the stream's policy
	 * @return the target
	 * @throws UnusableEndpointException if the text is no endpoint
	 * @throws IllegalArgumentException if a symbol is not declared, so that there is no
	 * text
	 */
	Target resolve(StreamPolicy current) {
		Template template = current.endpoint().address();
		Target known = (current == this.policy) ? this.target : null;
		if (known != null && template.isLiteral()) {
			return known;
		}
		String expanded = template.expand(this.symbols);
		if (known != null && expanded.equals(this.text)) {
			return known;
		}
		Target fresh = parse(expanded, template.literalLength(), current);
		this.policy = current;
		this.text = expanded;
		this.target = fresh;
		return fresh;
	}

	private static Target parse(String text, int literal, StreamPolicy policy) {
		try {
			return EndpointParser.parse(text, literal, policy.endpoint().port(), policy.tls().enabled());
		}
		catch (IllegalArgumentException ex) {
			throw new UnusableEndpointException(ex);
		}
	}

	/**
	 * A text that is complete and no endpoint: too long, or with characters that have no
	 * place there. Says what is wrong with it.
	 */
	static final class UnusableEndpointException extends IllegalArgumentException {

		private static final long serialVersionUID = 1L;

		UnusableEndpointException(IllegalArgumentException problem) {
			super(problem.getMessage(), problem);
		}

	}

}
