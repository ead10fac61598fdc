package io.securestreams.spring.event;

import java.util.ConcurrentModificationException;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.event.GenericApplicationListener;
import org.springframework.context.event.GenericApplicationListenerAdapter;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.ResolvableType;

/**
 * Whether anybody listens to events of one type. Looked up anew when listeners have been
 * added or removed; where that cannot be known, somebody does.
 */
final class EventAudience {

	private final @Nullable AbstractApplicationContext context;

	private final ResolvableType eventType;

	private volatile @Nullable Answer answer;

	/**
	 * Makes an audience.
	 * @param publisher where events are published
	 * @param payload what they are
	 */
	EventAudience(ApplicationEventPublisher publisher, Class<?> payload) {
		this.context = (publisher instanceof AbstractApplicationContext known) ? known : null;
		this.eventType = ResolvableType.forClassWithGenerics(PayloadApplicationEvent.class, payload);
	}

	boolean isListening() {
		int listeners = count();
		Answer known = this.answer;
		if (known == null || known.listeners() != listeners) {
			try {
				known = new Answer(listeners, look());
				this.answer = known;
			}
			catch (ConcurrentModificationException ex) {
				return true;
			}
		}
		return known.listening();
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

	private boolean mayHear(Class<?> listener) {
		ResolvableType declared = ResolvableType.forClass(ApplicationListener.class, listener).getGeneric();
		return declared.resolve() == null || declared.isAssignableFrom(this.eventType);
	}

	private record Answer(int listeners, boolean listening) {

	}

}
