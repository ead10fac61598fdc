package io.securestreams.engine.stream;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.AcceptedTransport;

/**
 * What has been asked of a stream and not been done yet: bits, so that asking again costs
 * nothing. Requests from inside the stream's event loop and from other threads are kept
 * apart, because only the latter need atomic operations.
 */
public abstract sealed class Requests extends StreamCounters permits SerialContext {

	/** The stream is to end. */
	public static final int CLOSE = 1;

	/** The application wants no connection. */
	public static final int DISCONNECT = 1 << 1;

	/** A handler has thrown. */
	public static final int FAULT = 1 << 2;

	/** The application wants a connection. */
	public static final int CONNECT = 1 << 3;

	/** The handler wants a slot. */
	public static final int TX = 1 << 4;

	/** The application has said how long its message is going to be. */
	public static final int LENGTH = 1 << 5;

	/** There is something to send. */
	public static final int SEND = 1 << 6;

	/** An opportunity to write came at a bad moment. */
	static final int WRITE_AGAIN = 1 << 7;

	static final int START_TIMEOUT = 1 << 8;

	static final int CANCEL_TIMEOUT = 1 << 9;

	static final int PAUSE = 1 << 10;

	static final int RESUME = 1 << 11;

	static final int CREDIT = 1 << 12;

	static final int RESPOND = 1 << 13;

	static final int VALIDITY = 1 << 14;

	static final int DRAIN = 1 << 15;

	static final int POLICY = 1 << 16;

	/** The application wants to hear {@code EVENT_WAIT_CANCELLED}. */
	static final int CALL_BACK = 1 << 17;

	/** A slot that the handler had taken with it has come back. */
	static final int SLOT = 1 << 18;

	/**
	 * The application does not want this connection, and leaves the rest to the policy.
	 */
	static final int HANG_UP = 1 << 19;

	/** The number of suspensions, of either kind, has changed. */
	static final int SUSPEND = 1 << 20;

	/**
	 * The timeout is to start before what interrupts, for that was asked for later: what
	 * ends a connection stops its timeout.
	 */
	static final int TIMEOUT_FIRST = 1 << 21;

	/** After these it is not the policy that decides what happens next. */
	private static final int STOPS = CLOSE | DISCONNECT | FAULT;

	/** What makes everything that is going on pointless. */
	private static final int INTERRUPTS = STOPS | HANG_UP;

	/** What still counts after an interrupt. */
	private static final int LASTING = START_TIMEOUT | CANCEL_TIMEOUT | PAUSE | RESUME | SUSPEND | DRAIN | POLICY
			| CALL_BACK;

	/** A task to collect remote requests is on its way. */
	private static final int WAKE = 1 << 31;

	private static final VarHandle REMOTE;

	private static final VarHandle ANSWER;

	private static final VarHandle SELDOM;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			REMOTE = lookup.findVarHandle(Requests.class, "remote", int.class);
			SELDOM = lookup.findVarHandle(Requests.class, "seldom", Seldom.class);
			ANSWER = lookup.findVarHandle(Requests.class, "answer", Answer.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private int local;

	private boolean suspended;

	@SuppressWarnings("unused")
	private volatile int remote;

	private volatile long length;

	/** With the first that needs it. */
	private volatile @Nullable Seldom seldom;

	@SuppressWarnings("unused")
	private volatile @Nullable Answer answer;

	Requests() {
	}

	/**
	 * Asks from inside the event loop.
	 * @param bits what for
	 */
	public void add(int bits) {
		this.local = with(this.local, bits);
	}

	/**
	 * Asks from another thread.
	 * @return whether the caller has to see to it that {@link #collect()} is called
	 */
	boolean post(int bits) {
		while (true) {
			int current = (int) REMOTE.getVolatile(this);
			int next = with(current, bits) | WAKE;
			if (current == next) {
				return false;
			}
			if (REMOTE.compareAndSet(this, current, next)) {
				return (current & WAKE) == 0;
			}
		}
	}

	/**
	 * Asks from inside the event loop, after what other threads have asked for already:
	 * who resumes once a message has left must not be overruled by the pause that another
	 * thread asked for before it sent that message.
	 */
	void addAfterPosted(int bits) {
		if (this.remote != 0) {
			collect();
		}
		add(bits);
	}

	/** Takes over what other threads have asked for. */
	void collect() {
		add((int) REMOTE.getAndSet(this, 0) & ~WAKE);
	}

	boolean any() {
		return this.local != 0;
	}

	/**
	 * Whether something of this has been asked for and not been done yet.
	 * @param bits what
	 * @return {@code true} if any of it has
	 */
	public boolean has(int bits) {
		return (this.local & bits) != 0;
	}

	/**
	 * Whether something has been asked for that makes everything that is going on
	 * pointless.
	 * @return {@code true} if so
	 */
	public boolean interrupted() {
		return has(INTERRUPTS);
	}

	/**
	 * Takes over an interrupt that another thread has asked for. Who has seen what a
	 * thread gave afterwards sees this too, without a barrier of its own.
	 * @return whether there is one
	 */
	boolean collectInterrupt() {
		if (((int) REMOTE.get(this) & INTERRUPTS) != 0) {
			collect();
		}
		return interrupted();
	}

	/**
	 * Whether something has been asked for after which nothing else follows by itself.
	 * @return {@code true} if so; not of a connection that is hung up
	 */
	public boolean stopped() {
		return has(STOPS);
	}

	int take() {
		if (has(SUSPEND)) {
			Seldom known = this.seldom;
			this.suspended = known != null && known.suspensions.get() > 0;
			if (!this.suspended && this.remote != 0) {
				// Whoever has let go may have asked for something before
				collect();
			}
		}
		int bits = this.local;
		this.local = 0;
		return bits;
	}

	/**
	 * Takes some requests before their turn.
	 * @param bits which
	 * @return those of them that there were
	 */
	public int take(int bits) {
		int taken = this.local & bits;
		this.local &= ~bits;
		return taken;
	}

	/** Nobody is going to collect: the next request is for its caller to see to. */
	void discardPosted() {
		REMOTE.setVolatile(this, 0);
	}

	/** An interrupt came while requests were being served: only some stay. */
	void putBack(int bits) {
		if ((bits & CREDIT) != 0) {
			takeCredit();
		}
		this.local |= bits & LASTING & ~overruledBy(this.local);
	}

	void length(long length) {
		this.length = length;
	}

	long length() {
		return this.length;
	}

	void timeoutMillis(long timeoutMillis) {
		seldom().timeoutMillis = timeoutMillis;
	}

	long timeoutMillis() {
		Seldom known = this.seldom;
		return (known != null) ? known.timeoutMillis : 0;
	}

	/**
	 * Takes the answer to the stream's one request, from any thread.
	 * @return {@code false} if it has been answered already
	 */
	boolean answer(Answer given) {
		return ANSWER.compareAndSet(this, null, given);
	}

	/** An answer that has been taken is not going to be given. */
	void withdraw(Answer taken) {
		ANSWER.compareAndSet(this, taken, null);
	}

	@Nullable Answer answer() {
		return this.answer;
	}

	void addSuspension() {
		seldom().suspensions.getAndIncrement();
	}

	void removeSuspension() {
		seldom().suspensions.getAndDecrement();
	}

	/** Whether receiving was suspended when {@link #take()} took a change of that. */
	boolean isSuspended() {
		return this.suspended;
	}

	void addHold() {
		seldom().holds.getAndIncrement();
	}

	void removeHold() {
		seldom().holds.getAndDecrement();
	}

	/**
	 * Whether attempts to connect have to wait for the application. If not, takes over
	 * what whoever has let go may have asked for before.
	 * @return {@code true} if they have to
	 */
	public boolean holdsAttempts() {
		Seldom known = this.seldom;
		if (known != null && known.holds.get() > 0) {
			return true;
		}
		if (this.remote != 0) {
			collect();
		}
		return false;
	}

	void addCredit(int bytes) {
		seldom().credits.getAndAdd(bytes);
	}

	int takeCredit() {
		return (int) Math.min(Integer.MAX_VALUE, seldom().credits.getAndSet(0));
	}

	private Seldom seldom() {
		Seldom known = this.seldom;
		if (known == null) {
			SELDOM.compareAndSet(this, null, new Seldom());
			known = (Seldom) SELDOM.getVolatile(this);
		}
		return known;
	}

	/** What there is to do if something is asked for after something else. */
	private static int with(int before, int bits) {
		int all = (before & ~overruledBy(bits)) | bits;
		boolean ends = (bits & INTERRUPTS) != 0 && (before & INTERRUPTS) == 0;
		return (ends && (before & all & START_TIMEOUT) != 0 && (bits & START_TIMEOUT) == 0) ? all | TIMEOUT_FIRST : all;
	}

	private static int overruledBy(int bits) {
		int overruled = 0;
		if ((bits & DISCONNECT) != 0) {
			overruled |= CONNECT | TX | LENGTH | SEND | WRITE_AGAIN;
		}
		if ((bits & (START_TIMEOUT | CANCEL_TIMEOUT)) != 0) {
			overruled |= START_TIMEOUT | CANCEL_TIMEOUT | TIMEOUT_FIRST;
		}
		if ((bits & (PAUSE | RESUME)) != 0) {
			overruled |= PAUSE | RESUME;
		}
		return overruled;
	}

	/**
	 * What the application says to a request, or an upgrade.
	 *
	 * @param status status code, or {@link AcceptedTransport#USUAL}
	 * @param whole whether that is all of the answer
	 */
	public record Answer(int status, boolean whole) {

		/** The request is taken, or the upgrade agreed to. */
		public static final Answer AGREED = new Answer(AcceptedTransport.USUAL, false);

		static final Answer REJECTED = new Answer(AcceptedTransport.USUAL, true);

	}

	/**
	 * What goes with requests that most streams never make.
	 */
	private static final class Seldom {

		private final AtomicLong credits = new AtomicLong();

		private final AtomicInteger suspensions = new AtomicInteger();

		private final AtomicInteger holds = new AtomicInteger();

		private volatile long timeoutMillis;

	}

}
