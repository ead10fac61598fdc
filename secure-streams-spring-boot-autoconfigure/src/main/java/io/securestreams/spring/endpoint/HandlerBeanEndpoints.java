package io.securestreams.spring.endpoint;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.annotation.SecureStreamHandler.Dispatch;
import io.securestreams.spring.annotation.SecureStreamHandler.Scope;
import io.securestreams.spring.handler.HandlerObserver;
import io.securestreams.spring.handler.InvalidHandlerException;
import io.securestreams.spring.handler.JsonReading;
import io.securestreams.spring.handler.StreamHandlerAdapter;
import io.securestreams.stream.StreamHandler;

/**
 * Finds the beans with {@link SecureStreamHandler @SecureStreamHandler}, on their class,
 * proxied or not, or on their {@code @Bean} method.
 */
public class HandlerBeanEndpoints implements StreamHandlerEndpointSource, DisposableBean {

	private final ConfigurableListableBeanFactory beanFactory;

	private final PerStreamBeans perStreamBeans;

	private final Dispatch defaultDispatch;

	private final Supplier<Executor> executor;

	private final @Nullable JsonReading json;

	private final Iterable<? extends StreamHandlerEndpointConfigurer> configurers;

	private final Supplier<? extends @Nullable HandlerObserver> observer;

	/**
	 * Makes a source of handlers that nobody observes.
	 * @param beanFactory where the beans are
	 * @param defaultDispatch where handlers run that do not say so; {@code DEFAULT} for
	 * annotated methods on the executor and a {@link StreamHandler} on the event loop
	 * @param executor gives the executor for {@link Dispatch#EXECUTOR}
	 * @param json reads JSON, or {@code null} if nothing can
	 * @param configurers register more
	 */
	public HandlerBeanEndpoints(ConfigurableListableBeanFactory beanFactory, Dispatch defaultDispatch,
			Supplier<Executor> executor, @Nullable JsonReading json,
			Iterable<? extends StreamHandlerEndpointConfigurer> configurers) {
		this(beanFactory, defaultDispatch, executor, json, configurers, () -> null);
	}

	/**
	 * Makes a source.
	 * @param beanFactory where the beans are
	 * @param defaultDispatch where handlers run that do not say so; {@code DEFAULT} for
	 * annotated methods on the executor and a {@link StreamHandler} on the event loop
	 * @param executor gives the executor for {@link Dispatch#EXECUTOR}
	 * @param json reads JSON, or {@code null} if nothing can
	 * @param configurers register more
	 * @param observer gives what is around the calls of the beans, {@code null} for
	 * nothing; asked at each start
	 */
	public HandlerBeanEndpoints(ConfigurableListableBeanFactory beanFactory, Dispatch defaultDispatch,
			Supplier<Executor> executor, @Nullable JsonReading json,
			Iterable<? extends StreamHandlerEndpointConfigurer> configurers,
			Supplier<? extends @Nullable HandlerObserver> observer) {
		this.beanFactory = beanFactory;
		this.perStreamBeans = new PerStreamBeans(beanFactory);
		this.defaultDispatch = defaultDispatch;
		this.executor = executor;
		this.json = json;
		this.configurers = configurers;
		this.observer = observer;
	}

	@Override
	public List<StreamHandlerEndpoint> endpoints() {
		List<StreamHandlerEndpoint> endpoints = new ArrayList<>();
		for (String beanName : candidates()) {
			SecureStreamHandler annotation = annotation(beanName);
			if (annotation != null) {
				endpoints.addAll(endpoints(beanName, annotation));
			}
		}
		StreamHandlerEndpointRegistrar registrar = new StreamHandlerEndpointRegistrar();
		this.configurers.forEach((configurer) -> configurer.configure(registrar));
		endpoints.addAll(registrar.endpoints());
		return endpoints;
	}

	private Set<String> candidates() {
		Set<String> names = new LinkedHashSet<>(
				List.of(this.beanFactory.getBeanNamesForAnnotation(SecureStreamHandler.class)));
		// JDK proxies hide the annotation, but not that they are handlers
		names.addAll(List.of(this.beanFactory.getBeanNamesForType(StreamHandler.class, true, false)));
		// The proxy of a scope is the handler, though what is behind it may have the
		// annotation
		return names.stream()
			.map((name) -> ScopedProxyUtils.isScopedTarget(name) ? ScopedProxyUtils.getOriginalBeanName(name) : name)
			.collect(Collectors.toCollection(LinkedHashSet::new));
	}

	private @Nullable SecureStreamHandler annotation(String beanName) {
		SecureStreamHandler found = this.beanFactory.findAnnotationOnBean(beanName, SecureStreamHandler.class);
		String behindProxy = ScopedProxyUtils.getTargetBeanName(beanName);
		if (found == null && this.beanFactory.containsBeanDefinition(behindProxy)) {
			found = this.beanFactory.findAnnotationOnBean(behindProxy, SecureStreamHandler.class);
		}
		return (found != null) ? found
				: AnnotatedElementUtils.findMergedAnnotation(type(beanName), SecureStreamHandler.class);
	}

	private List<StreamHandlerEndpoint> endpoints(String beanName, SecureStreamHandler annotation) {
		String owner = owner(beanName);
		List<String> streamTypes = List.of(annotation.streamtype());
		if (streamTypes.isEmpty() || streamTypes.stream().anyMatch(String::isBlank)) {
			throw new StreamHandlerRegistrationException(owner, "",
					"@SecureStreamHandler names no streamtype (expected: a name of the policy)", null);
		}
		String scope = new HandlerScopes(this.beanFactory).unusable(beanName);
		if (scope != null) {
			throw new HandlerScopeException(beanName, streamTypes.get(0), scope);
		}
		boolean perStream = !this.beanFactory.isSingleton(beanName);
		if (annotation.scope() == Scope.PER_STREAM && !perStream && !isReplaced(beanName)) {
			throw new StreamHandlerRegistrationException(owner, streamTypes.get(0),
					"its scope is PER_STREAM, but the bean is a singleton (expected: @Scope(\"prototype\"), or "
							+ "@SecureStreamHandler on the @Bean method)",
					null);
		}
		try {
			Class<?> beanType = beanType(beanName);
			Class<?> type = type(beanName);
			StreamHandlerAdapter adapter = StreamHandlerAdapter.of(type, beanType, options(annotation, beanType));
			if (perStream) {
				prepare(beanName, streamTypes.get(0), type);
			}
			Supplier<StreamHandler> handlers = perStream ? () -> perStream(beanName, adapter)
					: () -> shared(beanName, adapter);
			return streamTypes.stream()
				.map((streamType) -> new StreamHandlerEndpoint(streamType, owner, adapter.metadata(), handlers))
				.toList();
		}
		catch (InvalidHandlerException ex) {
			throw new StreamHandlerRegistrationException(owner, streamTypes.get(0), String.valueOf(ex.getMessage()),
					ex);
		}
	}

	static String owner(String beanName) {
		return "bean \"" + beanName + "\"";
	}

	private void prepare(String beanName, String streamType, Class<?> type) {
		try {
			this.perStreamBeans.prepare(beanName, type);
		}
		catch (BeansException ex) {
			throw new HandlerCreationException(beanName, streamType, ex);
		}
	}

	/** A test may have put one instance, such as a mock, in the place of a prototype. */
	private boolean isReplaced(String beanName) {
		return this.beanFactory.containsBeanDefinition(beanName)
				&& this.beanFactory.getMergedBeanDefinition(beanName).isPrototype();
	}

	private StreamHandlerAdapter.Options options(SecureStreamHandler annotation, Class<?> beanType) {
		Dispatch dispatch = (annotation.dispatch() != Dispatch.DEFAULT) ? annotation.dispatch() : this.defaultDispatch;
		if (dispatch == Dispatch.DEFAULT) {
			// Annotated methods are written like those of controllers, which may block
			dispatch = StreamHandler.class.isAssignableFrom(beanType) ? Dispatch.EVENT_LOOP : Dispatch.EXECUTOR;
		}
		HandlerObserver observer = this.observer.get();
		return new StreamHandlerAdapter.Options((dispatch == Dispatch.EXECUTOR) ? this.executor.get() : null,
				annotation.maxMessageSize(), this.json, (observer != null && observer.isObserving()) ? observer : null);
	}

	private StreamHandler shared(String beanName, StreamHandlerAdapter adapter) {
		return adapter.adapt(this.beanFactory.getBean(beanName), null);
	}

	private StreamHandler perStream(String beanName, StreamHandlerAdapter adapter) {
		Object bean = this.perStreamBeans.get(beanName);
		return adapter.adapt(bean, () -> this.perStreamBeans.destroy(beanName, bean));
	}

	@Override
	public void destroy() {
		this.perStreamBeans.close();
	}

	/** The class that was written. */
	private Class<?> type(String beanName) {
		Class<?> target = AutoProxyUtils.determineTargetClass(this.beanFactory, beanName);
		if (this.beanFactory.containsSingleton(beanName)) {
			target = AopUtils.getTargetClass(this.beanFactory.getBean(beanName));
		}
		return ClassUtils.getUserClass((target != null) ? target : beanType(beanName));
	}

	/** The class that instances have. */
	private Class<?> beanType(String beanName) {
		if (this.beanFactory.isSingleton(beanName)) {
			return this.beanFactory.getBean(beanName).getClass();
		}
		return this.perStreamBeans.type(beanName);
	}

}
