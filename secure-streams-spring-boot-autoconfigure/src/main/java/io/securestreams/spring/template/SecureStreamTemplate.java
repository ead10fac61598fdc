package io.securestreams.spring.template;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

import io.securestreams.policy.Policy;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.spring.handler.StreamHandlerAdapter;
import io.securestreams.spring.template.TransactionException.Outcome;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.stream.observe.EventLoopThread;

/**
 * Transactions in one line. Each has a stream of its own, which connects, retries and
 * times out as its policy says, and is closed when the outcome is known. A transaction is
 * successful when the peer has acknowledged it: a good status of HTTP, an acknowledged
 * publish of MQTT; on WebSocket, when the first message has come back. Streamtypes with
 * protocol {@code raw} have neither and are refused. Of a streamtype that only a proxy
 * knows the acknowledgement is waited for. What else was answered is in the
 * {@link TransactionException}.
 * <p>
 * Methods with {@code Async} return at once; cancelling their future closes the stream,
 * and what follows it runs on the stream's event loop unless it asks for an executor. The
 * others wait. That is refused with an {@link IllegalStateException} on event loops,
 * where a {@link StreamHandler} runs unless it says otherwise, as is waiting for such a
 * future there. May be used from any thread.
 */
public class SecureStreamTemplate {

	private static final int NO_MESSAGES = 1;

	private final StreamFactory streams;

	private final Duration timeout;

	private final int maxResponseSize;

	private final Executor executor;

	private final TransactionObserver observer;

	/**
	 * Makes a template whose transactions nobody follows.
	 * @param streams makes the streams
	 * @param timeout most time for a transaction where neither request nor policy says
	 * @param maxResponseSize most bytes of a response in memory
	 * @param executor where files are read and written
	 */
	public SecureStreamTemplate(StreamFactory streams, Duration timeout, int maxResponseSize, Executor executor) {
		this(streams, timeout, maxResponseSize, executor, TransactionObserver.NONE);
	}

	/**
	 * Makes a template.
	 * @param streams makes the streams
	 * @param timeout most time for a transaction where neither request nor policy says
	 * @param maxResponseSize most bytes of a response in memory
	 * @param executor where files are read and written
	 * @param observer follows the transactions
	 */
	public SecureStreamTemplate(StreamFactory streams, Duration timeout, int maxResponseSize, Executor executor,
			TransactionObserver observer) {
		if (timeout.toMillis() < 1) {
			throw new IllegalArgumentException("timeout: " + timeout + " (expected: at least 1 ms)");
		}
		if (maxResponseSize < 0) {
			throw new IllegalArgumentException("maxResponseSize: " + maxResponseSize + " (expected: 0 or more)");
		}
		this.streams = streams;
		this.timeout = timeout;
		this.maxResponseSize = maxResponseSize;
		this.executor = executor;
		this.observer = observer;
	}

	/**
	 * Does a transaction that sends nothing.
	 * @param streamType a client streamtype of the policy
	 * @return what came back
	 * @throws TransactionException if the peer did not acknowledge it
	 * @throws SecureStreamsException if the policy has no such client streamtype
	 */
	public TransactionResponse exchange(String streamType) {
		return exchange(streamType, TransactionRequest.EMPTY);
	}

	/**
	 * Does a transaction.
	 * @param streamType a client streamtype of the policy
	 * @param request metadata, body, timeout and options
	 * @return what came back
	 * @throws TransactionException if the peer did not acknowledge it
	 * @throws SecureStreamsException if the policy has no such client streamtype, or it
	 * does not declare the metadata
	 */
	public TransactionResponse exchange(String streamType, TransactionRequest request) {
		return await("exchange", streamType, () -> exchangeAsync(streamType, request));
	}

	/**
	 * As {@link #exchange(String)}, without waiting.
	 * @param streamType a client streamtype of the policy
	 * @return what came back, or the exception
	 */
	public CompletableFuture<TransactionResponse> exchangeAsync(String streamType) {
		return exchangeAsync(streamType, TransactionRequest.EMPTY);
	}

	/**
	 * As {@link #exchange(String, TransactionRequest)}, without waiting.
	 * @param streamType a client streamtype of the policy
	 * @param request metadata, body, timeout and options
	 * @return what came back, or the exception
	 */
	public CompletableFuture<TransactionResponse> exchangeAsync(String streamType, TransactionRequest request) {
		return start(streamType, request,
				(observed) -> new Transaction<>(observed, this.timeout, new MemorySink(this.maxResponseSize), (body,
						stream) -> new TransactionResponse(body, stream.metadata().asMap(), stream.lastAnswer())),
				false);
	}

	/**
	 * Sends a message.
	 * @param streamType a client streamtype of the policy
	 * @param body the message
	 * @throws TransactionException if the peer did not acknowledge it
	 * @throws SecureStreamsException if the policy has no such client streamtype
	 */
	public void send(String streamType, byte[] body) {
		await("send", streamType, () -> sendAsync(streamType, body));
	}

	/**
	 * Sends a message.
	 * @param streamType a client streamtype of the policy
	 * @param body the message, as UTF-8
	 * @throws TransactionException if the peer did not acknowledge it
	 * @throws SecureStreamsException if the policy has no such client streamtype
	 */
	public void send(String streamType, String body) {
		send(streamType, body.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * As {@link #send(String, byte[])}, without waiting.
	 * @param streamType a client streamtype of the policy
	 * @param body the message
	 * @return what came back, once the peer has acknowledged it, or the exception
	 */
	public CompletableFuture<TransactionResponse> sendAsync(String streamType, byte[] body) {
		return exchangeAsync(streamType, TransactionRequest.of(body));
	}

	/**
	 * Fetches into a file. The file appears, or is replaced, when it is complete; until
	 * then there is a file beside it whose name ends with {@code .part}. Receiving waits
	 * for the disk.
	 * @param streamType a client streamtype of the policy
	 * @param file the file; its directory exists
	 * @return the file's absolute path
	 * @throws TransactionException if the peer did not acknowledge it, or the file cannot
	 * be written
	 * @throws SecureStreamsException if the policy has no such client streamtype
	 */
	public Path download(String streamType, Path file) {
		return download(streamType, TransactionRequest.EMPTY, file);
	}

	/**
	 * As {@link #download(String, Path)}.
	 * @param streamType a client streamtype of the policy
	 * @param request metadata, body, timeout and options
	 * @param file the file; its directory exists
	 * @return the file's absolute path
	 */
	public Path download(String streamType, TransactionRequest request, Path file) {
		return await("download", streamType, () -> downloadAsync(streamType, request, file));
	}

	/**
	 * As {@link #download(String, TransactionRequest, Path)}, without waiting.
	 * @param streamType a client streamtype of the policy
	 * @param request metadata, body, timeout and options
	 * @param file the file; its directory exists
	 * @return the file's absolute path, or the exception
	 */
	public CompletableFuture<Path> downloadAsync(String streamType, TransactionRequest request, Path file) {
		return start(streamType, request,
				(observed) -> new Transaction<>(observed, this.timeout, new FileSink(file), (path, stream) -> path),
				true);
	}

	private StreamHandler offLoop(Transaction<?, ?> transaction) {
		return StreamHandlerAdapter
			.of(Transaction.class, Transaction.class,
					new StreamHandlerAdapter.Options(this.executor, NO_MESSAGES, null))
			.adapt(transaction, null);
	}

	private <S, T> CompletableFuture<T> start(String streamType, TransactionRequest request,
			Function<TransactionRequest, Transaction<S, T>> kind, boolean blocks) {
		Policy inForce = this.streams.policy();
		StreamPolicy policy = (inForce != null) ? inForce.streamTypes().get(streamType) : null;
		if (policy != null && policy.role() == StreamPolicy.Role.CLIENT
				&& policy.protocol().protocol() == Protocol.RAW) {
			throw Transaction.unacknowledged(streamType);
		}
		// Names that nobody knows may be anything
		TransactionObserver known = (policy != null || this.streams.isProxied()) ? this.observer
				: TransactionObserver.NONE;
		TransactionObserver.Following told = known.begin(streamType, policy, request);
		TransactionObserver.Following following = (told != null) ? told
				: TransactionObserver.NONE.begin(streamType, policy, request);
		Transaction<S, T> transaction = kind.apply(following.request());
		TransactionFuture<T> future = transaction.future();
		future.before((failure) -> following.end().ended(transaction.answer(failure), failure));
		SecureStream stream;
		try {
			stream = this.streams.create(streamType,
					(blocks || transaction.blocks()) ? offLoop(transaction) : transaction,
					following.request().options());
			if (stream == null) {
				throw new SecureStreamsException("streamtype \"" + streamType + "\": there is no stream (a mock?)");
			}
		}
		catch (RuntimeException ex) {
			future.completeExceptionally(ex);
			throw ex;
		}
		future.whenComplete((result, failure) -> {
			if (failure != null) {
				stream.close();
			}
		});
		return future;
	}

	/** The stream's own timeout sees to it that this ends. */
	private static <T> T await(String call, String streamType, Supplier<CompletableFuture<T>> transaction) {
		EventLoopThread.refuse(call, call + "Async, dispatch = EXECUTOR");
		CompletableFuture<T> future = transaction.get();
		try {
			return future.get();
		}
		catch (InterruptedException ex) {
			future.cancel(false);
			Thread.currentThread().interrupt();
			throw new TransactionException(streamType, Outcome.CLOSED, "the waiting thread was interrupted", null, ex);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof RuntimeException cause) {
				cause.addSuppressed(new SecureStreamsException("transaction was waited for here"));
				throw cause;
			}
			throw new CompletionException(ex.getCause());
		}
	}

}
