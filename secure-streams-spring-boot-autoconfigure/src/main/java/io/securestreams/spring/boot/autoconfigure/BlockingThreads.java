package io.securestreams.spring.boot.autoconfigure;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.task.SimpleAsyncTaskExecutorBuilder;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

import io.securestreams.spring.handler.ThrottledExecutor;

/**
 * The threads where things run that may block. No {@link Executor} itself, for Boot has
 * none of its own where the application has one.
 */
final class BlockingThreads implements AutoCloseable {

	/** A bean of this name is where handlers run. */
	static final String HANDLER_EXECUTOR_BEAN_NAME = "secureStreamsHandlerExecutor";

	/**
	 * From here on virtual threads that block in a monitor keep no other waiting (JEP
	 * 491).
	 */
	private static final int FREE_VIRTUAL_THREADS = 24;

	private static final String PREFIX = "secure-streams-";

	private final BeanFactory beanFactory;

	private @Nullable ThreadPoolExecutor files;

	private @Nullable ThreadPoolExecutor waiting;

	BlockingThreads(BeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Where handlers run: virtual threads if they are good for that, else those of the
	 * application.
	 */
	Executor forHandlers() {
		if (this.beanFactory.containsBean(HANDLER_EXECUTOR_BEAN_NAME)) {
			return unlimited(this.beanFactory.getBean(HANDLER_EXECUTOR_BEAN_NAME, Executor.class));
		}
		String application = TaskExecutionAutoConfiguration.APPLICATION_TASK_EXECUTOR_BEAN_NAME;
		if (!isVirtual() && this.beanFactory.containsBean(application)) {
			return unlimited(this.beanFactory.getBean(application, Executor.class));
		}
		return threadEach();
	}

	/**
	 * Whoever asks an executor that is at its concurrency limit waits there: not an event
	 * loop.
	 */
	private Executor unlimited(Executor executor) {
		return (executor instanceof SimpleAsyncTaskExecutor limited && limited.isThrottleActive())
				? new ThrottledExecutor(limited, queue()) : executor;
	}

	/**
	 * Where the template reads and writes files. Not where handlers run, who may wait for
	 * that, all of them.
	 */
	Executor forFiles() {
		return isVirtual() ? threadEach() : cached();
	}

	private static boolean isVirtual() {
		return Runtime.version().feature() >= FREE_VIRTUAL_THREADS;
	}

	/** With the task decorators of the application. */
	private Executor threadEach() {
		SimpleAsyncTaskExecutorBuilder builder = this.beanFactory.getBeanProvider(SimpleAsyncTaskExecutorBuilder.class)
			.getIfAvailable(SimpleAsyncTaskExecutorBuilder::new);
		SimpleAsyncTaskExecutor executor = builder.virtualThreads(isVirtual())
			.threadNamePrefix(PREFIX + "handler-")
			.concurrencyLimit(null)
			.build();
		executor.setDaemon(true);
		return executor;
	}

	private synchronized Executor cached() {
		ThreadPoolExecutor pool = this.files;
		if (pool == null) {
			pool = new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(),
					threads("files-"));
			this.files = pool;
		}
		return pool;
	}

	private synchronized ExecutorService queue() {
		ThreadPoolExecutor thread = this.waiting;
		if (thread == null) {
			thread = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
					threads("waiting-"));
			thread.allowCoreThreadTimeOut(true);
			this.waiting = thread;
		}
		return thread;
	}

	private static ThreadFactory threads(String name) {
		CustomizableThreadFactory factory = new CustomizableThreadFactory(PREFIX + name);
		factory.setDaemon(true);
		return factory;
	}

	@Override
	public synchronized void close() {
		if (this.files != null) {
			this.files.shutdown();
		}
		if (this.waiting != null) {
			this.waiting.shutdown();
		}
	}

}
