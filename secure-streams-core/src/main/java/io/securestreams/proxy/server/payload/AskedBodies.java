package io.securestreams.proxy.server.payload;

/**
 * Which of a client's payload is the body of the request that is under way. What the
 * client has sent for one that has ended may arrive later, even after the client has been
 * asked for the next body, which it begins from its start.
 */
public final class AskedBodies {

	/** How many the client has been asked for. */
	private int asked;

	/** Which of them is on its way, as the client says; 0 before it says anything. */
	private int coming;

	private boolean wanted;

	/** The last request has ended, and there is to be no other yet. */
	private boolean over;

	/** The client is asked for the body of another request. */
	public void ask() {
		this.asked++;
		this.wanted = true;
	}

	/** Whatever comes for the last attempt is too late. */
	public void end() {
		this.wanted = false;
	}

	/** The last request has ended. */
	public void over() {
		this.over = true;
	}

	/** The client asks for a request, or is told of one, and may send. */
	public void expect() {
		this.over = false;
	}

	/**
	 * The client begins with a body.
	 * @param number which of those it has been asked for, from 1 on
	 */
	public void begins(int number) {
		this.coming = number;
	}

	/**
	 * Whether what comes now is for a request that is no more, as far as that is known.
	 * No client sends before it has asked, though those that do not tell may do so for an
	 * earlier attempt.
	 */
	public boolean isLate() {
		return (this.coming != 0) ? !(this.wanted && this.coming == this.asked) : this.over;
	}

}
