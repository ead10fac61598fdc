package io.securestreams.spring.boot.actuate.endpoint;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyDiff;
import io.securestreams.policy.json.PolicyException;
import io.securestreams.policy.json.PolicyProblem;
import io.securestreams.spring.boot.actuate.endpoint.PolicyDescriptor.OutcomeDescriptor;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.system.auth.AuthSnapshot;
import io.securestreams.system.policyfetch.PolicyOverlay;
import io.securestreams.system.policyfetch.PolicyRefresher;
import io.securestreams.system.policyfetch.PolicyStatus;

/**
 * Actuator endpoint that shows the policy in force and how it came about and, where
 * {@code management.endpoint.securestreamspolicy.access} is {@code unrestricted}, fetches
 * it now, and adds and removes overlays.
 */
@Endpoint(id = "securestreamspolicy", defaultAccess = Access.READ_ONLY)
public class SecureStreamsPolicyEndpoint {

	private static final long PATIENCE_SECONDS = 60;

	private final StreamFactory streams;

	private final PolicyRefresher refresher;

	private final Supplier<Set<String>> waiting;

	private final Supplier<List<AuthSnapshot>> authentication;

	/**
	 * Makes an endpoint.
	 * @param streams knows the policy in force
	 * @param refresher knows how it came about
	 * @param waiting gives the streamtypes that handlers wait for
	 * @param authentication tells how the authentication schemes stand
	 */
	public SecureStreamsPolicyEndpoint(StreamFactory streams, PolicyRefresher refresher, Supplier<Set<String>> waiting,
			Supplier<List<AuthSnapshot>> authentication) {
		this.streams = streams;
		this.refresher = refresher;
		this.waiting = waiting;
		this.authentication = authentication;
	}

	/**
	 * Returns the policy.
	 * @param offset how many streamtypes to leave out
	 * @param limit how many streamtypes to show, 100 if {@code null}
	 * @return the policy in force, or {@code null} where a test has something in its
	 * place that has none
	 */
	@ReadOperation
	public @Nullable PolicyDescriptor policy(@Nullable Integer offset, @Nullable Integer limit) {
		Policy policy = this.streams.policy();
		PolicyStatus status = this.refresher.status();
		return (policy == null || status == null) ? null : PolicyDescriptor.of(policy, status, this.waiting.get(),
				this.authentication.get(), Page.of(offset, limit));
	}

	/**
	 * Fetches the policy now, and waits for it.
	 * @return what came of it
	 */
	@WriteOperation
	public OutcomeDescriptor refresh() {
		return OutcomeDescriptor.of(await(this.refresher.refresh()));
	}

	/**
	 * Lays an overlay on the policy, in the place of one of the same name.
	 * @param name the overlay's name
	 * @param overlay the overlay, as JSON text
	 * @return what has changed; the message is what is suspicious in it
	 */
	@WriteOperation
	public OutcomeDescriptor addOverlay(@Selector String name, String overlay) {
		OutcomeDescriptor outcome = changed(() -> this.refresher.addOverlay(new PolicyOverlay(name, overlay)));
		String warnings = this.refresher.status()
			.warnings()
			.stream()
			.filter((warning) -> warning.source().equals(name))
			.map(PolicyProblem::toString)
			.collect(Collectors.joining("; "));
		return new OutcomeDescriptor(outcome.result(), warnings, outcome.at(), outcome.diff());
	}

	/**
	 * Takes an overlay off the policy.
	 * @param name the overlay's name
	 * @return what has changed
	 */
	@DeleteOperation
	public OutcomeDescriptor removeOverlay(@Selector String name) {
		return changed(() -> this.refresher.removeOverlay(name));
	}

	private static OutcomeDescriptor changed(Supplier<CompletionStage<PolicyDiff>> change) {
		try {
			PolicyDiff diff = await(change.get());
			return new OutcomeDescriptor(diff.isEmpty() ? "UNCHANGED" : "CHANGED", "", Instant.now(), diff.lines());
		}
		catch (PolicyException | IllegalArgumentException ex) {
			String reason = String.valueOf(ex.getMessage());
			throw new InvalidEndpointRequestException(reason, reason, ex);
		}
	}

	private static <T> T await(CompletionStage<T> stage) {
		try {
			return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof RuntimeException known) {
				throw known;
			}
			throw new IllegalStateException(ex.getCause());
		}
		catch (TimeoutException ex) {
			throw new IllegalStateException("it takes too long", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted", ex);
		}
	}

}
