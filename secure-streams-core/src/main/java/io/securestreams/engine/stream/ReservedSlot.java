package io.securestreams.engine.stream;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import io.securestreams.stream.DetachedSlot;

/**
 * A slot that a handler has taken with it. Filled on one thread at a time, and read on
 * the event loop once it is submitted.
 */
final class ReservedSlot extends WriteSlot implements DetachedSlot {

	private static final int TAKEN = 0;

	private static final int SUBMITTED = 1;

	/** What it was for has ended. */
	private static final int VOID = 2;

	private static final VarHandle STATUS;

	static {
		try {
			STATUS = MethodHandles.lookup().findVarHandle(ReservedSlot.class, "status", int.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final SerialContext context;

	@SuppressWarnings("unused")
	private volatile int status;

	ReservedSlot(SerialContext context, WriteSlot original) {
		super(context);
		this.context = context;
		open(original.ordinal(), original.capacity(), original.rideshare());
	}

	@Override
	public DetachedSlot detach() {
		return this;
	}

	@Override
	public void submit() {
		if (close()) {
			giveBack();
		}
	}

	@Override
	public void discard() {
		if (close()) {
			clear();
			giveBack();
		}
	}

	private void giveBack() {
		if (STATUS.compareAndSet(this, TAKEN, SUBMITTED)) {
			this.context.submit(Requests.SLOT);
		}
		else {
			clear();
		}
	}

	/** On the event loop. */
	boolean isSubmitted() {
		return (int) STATUS.getAcquire(this) == SUBMITTED;
	}

	@Override
	public boolean isVoid() {
		return this.status == VOID;
	}

	/** On the event loop: nobody waits for it any more. */
	void cancel() {
		if ((int) STATUS.getAndSet(this, VOID) == SUBMITTED) {
			clear();
		}
	}

}
