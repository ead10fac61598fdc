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
 * The life of a stream as its transport sees it. Brings reports into the stream's context
 * and in order, and drops those that have become pointless.
 */
abstract class StreamReports extends StreamLife implements ClientLink, AcceptedLink {

	StreamReports(StreamCore core, Binding binding) {
		super(core, binding);
	}

	@Override
	final ClientLink link() {
		return this;
	}

	@Override
	public final String tag() {
		return core().id();
	}

	@Override
	public final StreamPolicy policy() {
		return binding().policy();
	}

	@Override
	public final @Nullable Socks5Proxy socks5() {
		return binding().socks5();
	}

	@Override
	public final StreamOptions options() {
		return binding().options();
	}

	@Override
	public final Target target() {
		return attempts().currentTarget();
	}

	@Override
	public final MetadataAccess metadata() {
		return core().metadata();
	}

	@Override
	public final StreamExecutor executor() {
		return core().context().executor();
	}

	@Override
	public final WakeLock wakeLock() {
		return attempts().wakeLock();
	}

	@Override
	public final boolean txRequested() {
		return core().tx().isRequested();
	}

	@Override
	public final long txLength() {
		return core().tx().length();
	}

	@Override
	public final void bodyless() {
		if (isWelcome()) {
			requestLeft();
		}
	}

	@Override
	public final void connected(String peer) {
		if (core().rx().holds()) {
			core().rx().hold(() -> connectedNow(peer));
		}
		else {
			connectedNow(peer);
		}
	}

	private void connectedNow(String peer) {
		core().context().enter();
		try {
			if (isWelcome()) {
				established(peer);
			}
		}
		finally {
			core().context().exit();
		}
	}

	@Override
	public final void answered(HttpAnswer head) {
		if (core().rx().holds()) {
			core().rx().hold(() -> lastAnswer(head));
		}
		else {
			lastAnswer(head);
		}
	}

	@Override
	public final void userState(int userState) {
		if (core().rx().holds()) {
			core().rx().hold(() -> userStateNow(userState));
		}
		else {
			userStateNow(userState);
		}
	}

	private void userStateNow(int userState) {
		core().context().enter();
		try {
			if (isWelcome()) {
				announceUserState(userState);
			}
		}
		finally {
			core().context().exit();
		}
	}

	@Override
	public final void timings(ConnectionTimings timings) {
		if (!policy().features().perf()) {
			return;
		}
		if (core().rx().holdsPayload()) {
			core().rx().hold(() -> timingsNow(timings));
		}
		else {
			timingsNow(timings);
		}
	}

	private void timingsNow(ConnectionTimings timings) {
		core().context().enter();
		try {
			if (isWelcome()) {
				core().rx().timings(timings);
			}
		}
		finally {
			core().context().exit();
		}
	}

	@Override
	public final void part(MessagePart part) {
		if (core().rx().holdsPayload()) {
			core().rx().hold(() -> partNow(part));
		}
		else {
			partNow(part);
		}
	}

	private void partNow(MessagePart part) {
		core().rx().startPart(binding().owner(part.name()), part);
	}

	@Override
	public final void received(ByteBuf payload, int flags) {
		if (core().rx().holdsPayload()) {
			if (isWelcome()) {
				// The transport goes on with its own buffer, so this needs its own
				// indices
				ByteBuf kept = payload.retainedSlice();
				core().rx().hold(() -> receivedNow(kept, flags), kept);
			}
		}
		else {
			receivedNow(payload, flags);
		}
	}

	private void receivedNow(ByteBuf payload, int flags) {
		core().context().enter();
		try {
			if (isWelcome() && ensureConnected()) {
				core().deliver(payload, flags);
			}
		}
		finally {
			core().context().exit();
		}
	}

	@Override
	public final void writable(int capacity) {
		core().context().enter();
		try {
			if (isWelcome()) {
				core().writable(capacity);
			}
		}
		finally {
			core().context().exit();
		}
	}

	@Override
	public final void acknowledged(long ordinal) {
		answered(StreamState.QOS_ACK_REMOTE, ordinal);
	}

	@Override
	public final void rejected(long ordinal) {
		answered(StreamState.QOS_NACK_REMOTE, ordinal);
	}

	private void answered(StreamState answer, long ordinal) {
		if (core().rx().holds()) {
			core().rx().hold(() -> answeredNow(answer, ordinal));
		}
		else {
			answeredNow(answer, ordinal);
		}
	}

	private void answeredNow(StreamState answer, long ordinal) {
		core().context().enter();
		try {
			if (isWelcome() && ensureConnected()) {
				announceAnswer(answer, ordinal);
			}
		}
		finally {
			core().context().exit();
		}
	}

	@Override
	public final void completed() {
		ended(null);
	}

	@Override
	public final void closed(StreamFailure failure) {
		ended(failure);
	}

	private void ended(@Nullable StreamFailure failure) {
		idle();
		if (core().rx().holds()) {
			core().rx().hold(() -> endedNow(failure));
		}
		else {
			endedNow(failure);
		}
	}

	private void endedNow(@Nullable StreamFailure failure) {
		core().context().enter();
		try {
			if (!isWelcome()) {
				return;
			}
			if (failure != null) {
				lost(failure, true);
			}
			else if (ensureConnected()) {
				transactionOver();
			}
		}
		finally {
			core().context().exit();
		}
	}

	@Override
	public final void transaction() {
		if (core().rx().holds()) {
			core().rx().hold(this::transactionNow);
		}
		else {
			transactionNow();
		}
	}

	private void transactionNow() {
		core().context().enter();
		try {
			if (isWelcome() && ensureConnected()) {
				announceTransaction();
			}
		}
		finally {
			core().context().exit();
		}
	}

	@Override
	public final void answerSent() {
		core().context().enter();
		try {
			if (isUp()) {
				core().tx().answerSent();
			}
		}
		finally {
			core().context().exit();
		}
	}

	@Override
	public final void upgrade() {
		if (core().rx().holds()) {
			core().rx().hold(this::upgradeNow);
		}
		else {
			upgradeNow();
		}
	}

	private void upgradeNow() {
		core().context().enter();
		try {
			if (isWelcome()) {
				announceUpgrade();
			}
		}
		finally {
			core().context().exit();
		}
	}

	/** Whether the connection is one that the application still wants. */
	private boolean isWelcome() {
		return isUp() && !core().requests().interrupted();
	}

}
