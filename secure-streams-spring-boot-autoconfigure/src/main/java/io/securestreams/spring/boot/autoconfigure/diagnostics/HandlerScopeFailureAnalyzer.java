package io.securestreams.spring.boot.autoconfigure.diagnostics;

import io.securestreams.spring.endpoint.HandlerScopeException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says which scopes a handler bean may have.
 */
class HandlerScopeFailureAnalyzer extends AbstractFailureAnalyzer<HandlerScopeException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, HandlerScopeException cause) {
		return new FailureAnalysis(
				"Bean \"" + cause.beanName() + "\", the handler of streamtype \"" + cause.streamType()
						+ "\", has the scope \"" + cause.scope()
						+ "\". Its streams run on threads where there is no instance of that.",
				"Make it a singleton, or let each stream have an instance: @SecureStreamHandler(scope = PER_STREAM), "
						+ "or @Scope(\"prototype\"). What it needs of scope \"" + cause.scope()
						+ "\" it has to be given, for example in what is sent.",
				cause);
	}

}
