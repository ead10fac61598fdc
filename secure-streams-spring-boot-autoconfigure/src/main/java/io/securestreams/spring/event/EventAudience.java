package io.securestreams.spring.event;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeansException;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.event.EventListener;
import org.springframework.context.event.GenericApplicationListener;
import org.springframework.context.event.GenericApplicationListenerAdapter;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;

/**
 * Whether anybody listens to events of one type, and is there. Looked up anew when
 * listeners have been added or removed; where that cannot be known, somebody does.
 */
final class EventAudience {

	private final @Nullable AbstractApplicationContext context;

	private final ResolvableType eventType;

	private final Class<?> payload;

	private volatile @Nullable Answer answer;

	/**
	 * Makes an audience.
	 * @param publisher where events are published
	 * @param payload what they are
	 */
	EventAudience(ApplicationEventPublisher publisher, Class<?> payload) {
		this.context = (publisher instanceof AbstractApplicationContext known) ? known : null;
		this.payload = payload;
		this.eventType = ResolvableType.forClassWithGenerics(PayloadApplicationEvent.class, payload);
	}

	boolean isListening() {
		return answer().listening();
	}

	/**
	 * Whether everybody who may listen has been made. Who publishes has to make the
	 * others, which waits for what is being made elsewhere.
	 */
	boolean isThere() {
		Answer known = answer();
		if (known.missing().isEmpty()) {
			return true;
		}
		List<Missing> missing = known.missing().stream().filter(Missing::isMissing).toList();
		if (missing.size() < known.missing().size()) {
			this.answer = new Answer(known.listeners(), known.listening(), missing);
		}
		return missing.isEmpty();
	}

	private Answer answer() {
		int listeners = count();
		Answer known = this.answer;
		if (known == null || known.listeners() != listeners) {
			try {
				boolean listening = look();
				known = new Answer(listeners, listening, listening ? missing() : List.of());
				this.answer = known;
			}
			catch (ConcurrentModificationException | BeansException ex) {
				return new Answer(listeners, true, List.of());
			}
		}
		return known;
	}

	private int count() {
		int listeners = 0;
		ApplicationContext current = this.context;
		while (current instanceof AbstractApplicationContext known) {
			listeners += known.getApplicationListeners().size();
			current = known.getParent();
		}
		return listeners;
	}

	/** Events go to the listeners of parents as well. */
	private boolean look() {
		ApplicationContext current = this.context;
		if (current == null) {
			return true;
		}
		while (current instanceof AbstractApplicationContext known) {
			if (isSpecial(known) || isHeard(known)) {
				return true;
			}
			current = known.getParent();
		}
		return current != null;
	}

	/** Nobody knows to whom the application's own multicaster passes events. */
	private static boolean isSpecial(AbstractApplicationContext context) {
		String name = AbstractApplicationContext.APPLICATION_EVENT_MULTICASTER_BEAN_NAME;
		Object multicaster = context.getBeanFactory().getSingleton(name);
		return multicaster == null || multicaster.getClass() != SimpleApplicationEventMulticaster.class;
	}

	private boolean isHeard(AbstractApplicationContext context) {
		for (ApplicationListener<?> listener : List.copyOf(context.getApplicationListeners())) {
			GenericApplicationListener generic = (listener instanceof GenericApplicationListener known) ? known
					: new GenericApplicationListenerAdapter(listener);
			if (generic.supportsEventType(this.eventType)) {
				return true;
			}
		}
		// Those that are made for each event are known by their names only
		ConfigurableListableBeanFactory beans = context.getBeanFactory();
		for (String name : beans.getBeanNamesForType(ApplicationListener.class, true, false)) {
			Class<?> type = beans.containsSingleton(name) ? null : beans.getType(name, false);
			if (type != null && mayHear(type)) {
				return true;
			}
		}
		return false;
	}

	private List<Missing> missing() {
		List<Missing> missing = new ArrayList<>();
		ApplicationContext current = this.context;
		while (current instanceof AbstractApplicationContext known) {
			ConfigurableListableBeanFactory beans = known.getBeanFactory();
			for (String name : beans.getBeanDefinitionNames()) {
				BeanDefinition definition = beans.getMergedBeanDefinition(name);
				if (!definition.isAbstract() && definition.isSingleton() && !beans.containsSingleton(name)) {
					Class<?> type = beans.getType(name, false);
					if (type != null && (isListener(type) || hasListeners(type))) {
						missing.add(new Missing(beans, name));
					}
				}
			}
			current = known.getParent();
		}
		return missing;
	}

	private boolean isListener(Class<?> type) {
		return ApplicationListener.class.isAssignableFrom(type) && mayHear(type);
	}

	private boolean hasListeners(Class<?> type) {
		return AnnotationUtils.isCandidateClass(type, EventListener.class)
				&& !MethodIntrospector.selectMethods(type, this::hears).isEmpty();
	}

	private boolean hears(Method method) {
		EventListener annotation = AnnotatedElementUtils.findMergedAnnotation(method, EventListener.class);
		if (annotation == null) {
			return false;
		}
		Class<?>[] types = (annotation.classes().length > 0) ? annotation.classes() : method.getParameterTypes();
		return Arrays.stream(types)
			.anyMatch((type) -> type.isAssignableFrom(this.payload)
					|| type.isAssignableFrom(PayloadApplicationEvent.class));
	}

	private boolean mayHear(Class<?> listener) {
		ResolvableType declared = ResolvableType.forClass(ApplicationListener.class, listener).getGeneric();
		return declared.resolve() == null || declared.isAssignableFrom(this.eventType);
	}

	private record Answer(int listeners, boolean listening, List<Missing> missing) {

	}

	/** A bean that listens, and has not been made. */
	private record Missing(ConfigurableListableBeanFactory beans, String name) {

		boolean isMissing() {
			return !this.beans.containsSingleton(this.name);
		}

	}

}
