package io.securestreams.engine.local;

import io.netty.buffer.ByteBuf;
import io.securestreams.engine.spi.AcceptedLink;
import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.MetadataAccess;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.Target;
import io.securestreams.engine.stream.StreamCore;
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

	private final StreamCore core;

	private final Binding binding;

	StreamReports(StreamLife life, StreamCore core, Binding binding) {
		this.life = life;
		this.core = core;
		this.binding = binding;
	}

	@Override
	public String tag() {
		return this.core.id();
	}

	@Override
	public StreamPolicy policy() {
		return this.binding.policy();
	}

	@Override
	public @Nullable Socks5Proxy socks5() {
		return this.binding.socks5();
	}

	@Override
	public StreamOptions options() {
		return this.binding.options();
	}

	@Override
	public Target target() {
		return this.life.attempts().currentTarget();
	}

	@Override
	public MetadataAccess metadata() {
		return this.core.metadata();
	}

	@Override
	public StreamExecutor executor() {
		return this.core.context().executor();
	}

	@Override
	public WakeLock wakeLock() {
		return this.life.attempts().wakeLock();
	}

	@Override
	public boolean txRequested() {
		return this.core.tx().isRequested();
	}

	@Override
	public long txLength() {
		return this.core.tx().length();
	}

	@Override
	public void bodyless() {
		if (isWelcome()) {
			this.life.bodyless();
		}
	}

	@Override
	public void connected(String peer) {
		if (this.core.rx().holds()) {
			this.core.rx().hold(() -> connectedNow(peer));
		}
		else {
			connectedNow(peer);
		}
	}

	private void connectedNow(String peer) {
		this.core.context().enter();
		try {
			if (isWelcome()) {
				this.life.connected(peer);
			}
		}
		finally {
			this.core.context().exit();
		}
	}

	@Override
	public void answered(HttpAnswer head) {
		if (this.core.rx().holds()) {
			this.core.rx().hold(() -> this.life.lastAnswer(head));
		}
		else {
			this.life.lastAnswer(head);
		}
	}

	@Override
	public void userState(int userState) {
		if (this.core.rx().holds()) {
			this.core.rx().hold(() -> userStateNow(userState));
		}
		else {
			userStateNow(userState);
		}
	}

	private void userStateNow(int userState) {
		this.core.context().enter();
		try {
			if (isWelcome()) {
				this.life.userState(userState);
			}
		}
		finally {
			this.core.context().exit();
		}
	}

	@Override
	public void timings(ConnectionTimings timings) {
		if (!policy().features().perf()) {
			return;
		}
		if (this.core.rx().holdsPayload()) {
			this.core.rx().hold(() -> timingsNow(timings));
		}
		else {
			timingsNow(timings);
		}
	}

	private void timingsNow(ConnectionTimings timings) {
		this.core.context().enter();
		try {
			if (isWelcome()) {
				this.core.rx().timings(timings);
			}
		}
		finally {
			this.core.context().exit();
		}
	}

	@Override
	public void part(MessagePart part) {
		if (this.core.rx().holdsPayload()) {
			this.core.rx().hold(() -> partNow(part));
		}
		else {
			partNow(part);
		}
	}

	private void partNow(MessagePart part) {
		this.core.rx().startPart(this.binding.owner(part.name()), part);
	}

	@Override
	public void received(ByteBuf payload, int flags) {
		if (this.core.rx().holdsPayload()) {
			if (isWelcome()) {
				// The transport goes on with its own buffer, so this needs its own
				// indices
				ByteBuf kept = payload.retainedSlice();
				this.core.rx().hold(() -> receivedNow(kept, flags), kept);
			}
		}
		else {
			receivedNow(payload, flags);
		}
	}

	private void receivedNow(ByteBuf payload, int flags) {
		this.core.context().enter();
		try {
			if (isWelcome() && this.life.ensureConnected()) {
				this.core.deliver(payload, flags);
			}
		}
		finally {
			this.core.context().exit();
		}
	}

	@Override
	public void writable(int capacity) {
		this.core.context().enter();
		try {
			if (isWelcome()) {
				this.core.writable(capacity);
			}
		}
		finally {
			this.core.context().exit();
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
		if (this.core.rx().holds()) {
			this.core.rx().hold(() -> answeredNow(answer, ordinal));
		}
		else {
			answeredNow(answer, ordinal);
		}
	}

	private void answeredNow(StreamState answer, long ordinal) {
		this.core.context().enter();
		try {
			if (isWelcome() && this.life.ensureConnected()) {
				this.life.answered(answer, ordinal);
			}
		}
		finally {
			this.core.context().exit();
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
		this.binding.idle();
		if (this.core.rx().holds()) {
			this.core.rx().hold(() -> endedNow(failure));
		}
		else {
			endedNow(failure);
		}
	}

	private void endedNow(@Nullable StreamFailure failure) {
		this.core.context().enter();
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
			this.core.context().exit();
		}
	}

	@Override
	public void transaction() {
		if (this.core.rx().holds()) {
			this.core.rx().hold(this::transactionNow);
		}
		else {
			transactionNow();
		}
	}

	private void transactionNow() {
		this.core.context().enter();
		try {
			if (isWelcome() && this.life.ensureConnected()) {
				this.life.transaction();
			}
		}
		finally {
			this.core.context().exit();
		}
	}

	@Override
	public void answerSent() {
		this.core.context().enter();
		try {
			if (this.life.phase().isUp()) {
				this.core.tx().answerSent();
			}
		}
		finally {
			this.core.context().exit();
		}
	}

	@Override
	public void upgrade() {
		if (this.core.rx().holds()) {
			this.core.rx().hold(this::upgradeNow);
		}
		else {
			upgradeNow();
		}
	}

	private void upgradeNow() {
		this.core.context().enter();
		try {
			if (isWelcome()) {
				this.life.upgrade();
			}
		}
		finally {
			this.core.context().exit();
		}
	}

	/** Whether the connection is one that the application still wants. */
	private boolean isWelcome() {
		return this.life.phase().isUp() && !this.core.requests().interrupted();
	}

}
