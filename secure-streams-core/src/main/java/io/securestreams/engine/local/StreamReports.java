package io.securestreams.engine.local;

import io.netty.buffer.ByteBuf;
import io.securestreams.engine.spi.AcceptedLink;
import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.MetadataAccess;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.MessagePart;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamOptions;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.platform.WakeLock;
import org.jspecify.annotations.Nullable;

/**
 * A stream as its transport sees it. Brings reports into the stream's context and in
 * order, and drops those that have become pointless.
 */
final class StreamReports implements ClientLink, AcceptedLink {

	private final StreamLife life;

	StreamReports(StreamLife life) {
		this.life = life;
	}

	@Override
	public String tag() {
		return this.life.core().id();
	}

	@Override
	public StreamPolicy policy() {
		return this.life.binding().policy();
	}

	@Override
	public @Nullable Socks5Proxy socks5() {
		return this.life.binding().socks5();
	}

	@Override
	public StreamOptions options() {
		return this.life.binding().options();
	}

	@Override
	public Target target() {
		return this.life.attempts().currentTarget();
	}

	@Override
	public MetadataAccess metadata() {
		return this.life.core().metadata();
	}

	@Override
	public StreamExecutor executor() {
		return this.life.core().context().executor();
	}

	@Override
	public WakeLock wakeLock() {
		return this.life.attempts().wakeLock();
	}

	@Override
	public boolean txRequested() {
		return this.life.core().tx().isRequested();
	}

	@Override
	public long txLength() {
		return this.life.core().tx().length();
	}

	@Override
	public void bodyless() {
		if (isWelcome()) {
			this.life.bodyless();
		}
	}

	@Override
	public void connected(String peer) {
		if (this.life.core().rx().holds()) {
			this.life.core().rx().hold(() -> connectedNow(peer));
		}
		else {
			connectedNow(peer);
		}
	}

	private void connectedNow(String peer) {
		this.life.core().context().enter();
		try {
			if (isWelcome()) {
				this.life.connected(peer);
			}
		}
		finally {
			this.life.core().context().exit();
		}
	}

	@Override
	public void answered(HttpAnswer head) {
		if (this.life.core().rx().holds()) {
			this.life.core().rx().hold(() -> this.life.lastAnswer(head));
		}
		else {
			this.life.lastAnswer(head);
		}
	}

	@Override
	public void userState(int userState) {
		if (this.life.core().rx().holds()) {
			this.life.core().rx().hold(() -> userStateNow(userState));
		}
		else {
			userStateNow(userState);
		}
	}

	private void userStateNow(int userState) {
		this.life.core().context().enter();
		try {
			if (isWelcome()) {
				this.life.userState(userState);
			}
		}
		finally {
			this.life.core().context().exit();
		}
	}

	@Override
	public void timings(ConnectionTimings timings) {
		if (!policy().features().perf()) {
			return;
		}
		if (this.life.core().rx().holdsPayload()) {
			this.life.core().rx().hold(() -> timingsNow(timings));
		}
		else {
			timingsNow(timings);
		}
	}

	private void timingsNow(ConnectionTimings timings) {
		this.life.core().context().enter();
		try {
			if (isWelcome()) {
				this.life.core().rx().timings(timings);
			}
		}
		finally {
			this.life.core().context().exit();
		}
	}

	@Override
	public void part(MessagePart part) {
		if (this.life.core().rx().holdsPayload()) {
			this.life.core().rx().hold(() -> partNow(part));
		}
		else {
			partNow(part);
		}
	}

	private void partNow(MessagePart part) {
		this.life.core().rx().startPart(this.life.binding().owner(part.name()), part);
	}

	@Override
	public void received(ByteBuf payload, int flags) {
		if (this.life.core().rx().holdsPayload()) {
			if (isWelcome()) {
				// The transport goes on with its own buffer, so this needs its own
				// indices
				ByteBuf kept = payload.retainedSlice();
				this.life.core().rx().hold(() -> receivedNow(kept, flags), kept);
			}
		}
		else {
			receivedNow(payload, flags);
		}
	}

	private void receivedNow(ByteBuf payload, int flags) {
		this.life.core().context().enter();
		try {
			if (isWelcome() && this.life.ensureConnected()) {
				this.life.core().deliver(payload, flags);
			}
		}
		finally {
			this.life.core().context().exit();
		}
	}

	@Override
	public void writable(int capacity) {
		this.life.core().context().enter();
		try {
			if (isWelcome()) {
				this.life.core().writable(capacity);
			}
		}
		finally {
			this.life.core().context().exit();
		}
	}

	@Override
	public void acknowledged(long ordinal) {
		answered(StreamState.QOS_ACK_REMOTE, ordinal);
	}

	@Override
	public void rejected(long ordinal) {
		answered(StreamState.QOS_NACK_REMOTE, ordinal);
	}

	private void answered(StreamState answer, long ordinal) {
		if (this.life.core().rx().holds()) {
			this.life.core().rx().hold(() -> answeredNow(answer, ordinal));
		}
		else {
			answeredNow(answer, ordinal);
		}
	}

	private void answeredNow(StreamState answer, long ordinal) {
		this.life.core().context().enter();
		try {
			if (isWelcome() && this.life.ensureConnected()) {
				this.life.answered(answer, ordinal);
			}
		}
		finally {
			this.life.core().context().exit();
		}
	}

	@Override
	public void completed() {
		ended(null);
	}

	@Override
	public void closed(StreamFailure failure) {
		ended(failure);
	}

	private void ended(@Nullable StreamFailure failure) {
		this.life.idle();
		if (this.life.core().rx().holds()) {
			this.life.core().rx().hold(() -> endedNow(failure));
		}
		else {
			endedNow(failure);
		}
	}

	private void endedNow(@Nullable StreamFailure failure) {
		this.life.core().context().enter();
		try {
			if (!isWelcome()) {
				return;
			}
			if (failure != null) {
				this.life.lost(failure, true);
			}
			else if (this.life.ensureConnected()) {
				this.life.completed();
			}
		}
		finally {
			this.life.core().context().exit();
		}
	}

	@Override
	public void transaction() {
		if (this.life.core().rx().holds()) {
			this.life.core().rx().hold(this::transactionNow);
		}
		else {
			transactionNow();
		}
	}

	private void transactionNow() {
		this.life.core().context().enter();
		try {
			if (isWelcome() && this.life.ensureConnected()) {
				this.life.transaction();
			}
		}
		finally {
			this.life.core().context().exit();
		}
	}

	@Override
	public void answerSent() {
		this.life.core().context().enter();
		try {
			if (this.life.isUp()) {
				this.life.core().tx().answerSent();
			}
		}
		finally {
			this.life.core().context().exit();
		}
	}

	@Override
	public void upgrade() {
		if (this.life.core().rx().holds()) {
			this.life.core().rx().hold(this::upgradeNow);
		}
		else {
			upgradeNow();
		}
	}

	private void upgradeNow() {
		this.life.core().context().enter();
		try {
			if (isWelcome()) {
				this.life.upgrade();
			}
		}
		finally {
			this.life.core().context().exit();
		}
	}

	/** Whether the connection is one that the application still wants. */
	private boolean isWelcome() {
		return this.life.isUp() && !this.life.core().requests().interrupted();
	}

}
