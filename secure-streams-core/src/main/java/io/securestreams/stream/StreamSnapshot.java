package io.securestreams.stream;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The figures of one stream at one moment, for people and meters.
 */
public final class StreamSnapshot {

	private final Builder from;

	private StreamSnapshot(Builder from) {
		this.from = from;
	}

	/**
	 * Starts to make a snapshot.
	 * @param id see {@link SecureStream#id()}
	 * @param streamType the streamtype
	 * @param role what the stream is
	 * @return to be told the rest
	 */
	public static Builder builder(String id, String streamType, StreamRole role) {
		return new Builder(id, streamType, role);
	}

	/**
	 * Returns the stream's name.
	 * @return see {@link SecureStream#id()}
	 */
	public String id() {
		return this.from.id;
	}

	/**
	 * Returns the streamtype.
	 * @return a name of the policy
	 */
	public String streamType() {
		return this.from.streamType;
	}

	/**
	 * Returns what the stream is.
	 * @return its role
	 */
	public StreamRole role() {
		return this.from.role;
	}

	/**
	 * Returns the wire protocol in use.
	 * @return for example {@code h1}; {@code local} between source and sink
	 */
	public String protocol() {
		return this.from.protocol;
	}

	/**
	 * Returns the last state announced.
	 * @return the state
	 */
	public StreamState state() {
		return this.from.state;
	}

	/**
	 * Returns when it was announced.
	 * @return the time
	 */
	public Instant since() {
		return this.from.since;
	}

	/**
	 * Returns when the stream was created.
	 * @return the time
	 */
	public Instant created() {
		return this.from.created;
	}

	/**
	 * Returns the peer of the current or last connection.
	 * @return its address, or {@code null}
	 */
	public @Nullable String peer() {
		return this.from.peer;
	}

	/**
	 * Returns the failures since the last success.
	 * @return how many
	 */
	public int retryCount() {
		return this.from.retryCount;
	}

	/**
	 * Returns the totals over the life of the stream.
	 * @return the totals
	 */
	public StreamCounts counters() {
		return this.from.counters;
	}

	/**
	 * Returns why the last connection or attempt ended.
	 * @return the failure, or {@code null}
	 */
	public @Nullable StreamFailure lastFailure() {
		return this.from.lastFailure;
	}

	@Override
	public String toString() {
		return id() + " " + state() + " since " + since() + ", " + counters();
	}

	/**
	 * Collects the figures.
	 */
	public static final class Builder implements Cloneable {

		private final String id;

		private final String streamType;

		private final StreamRole role;

		private String protocol = "";

		private StreamState state = StreamState.CREATING;

		private Instant since = Instant.EPOCH;

		private Instant created = Instant.EPOCH;

		private @Nullable String peer;

		private int retryCount;

		private StreamCounts counters = StreamCounts.NONE;

		private @Nullable StreamFailure lastFailure;

		private Builder(String id, String streamType, StreamRole role) {
			this.id = id;
			this.streamType = streamType;
			this.role = role;
		}

		/**
		 * Sets {@link StreamSnapshot#protocol()}.
		 * @param name the wire protocol
		 * @return this builder
		 */
		public Builder protocol(String name) {
			this.protocol = name;
			return this;
		}

		/**
		 * Sets the last state announced.
		 * @param announced the state
		 * @param time when it was announced
		 * @return this builder
		 */
		public Builder state(StreamState announced, Instant time) {
			this.state = announced;
			this.since = time;
			return this;
		}

		/**
		 * Sets {@link StreamSnapshot#created()}.
		 * @param time when
		 * @return this builder
		 */
		public Builder created(Instant time) {
			this.created = time;
			return this;
		}

		/**
		 * Sets {@link StreamSnapshot#peer()}.
		 * @param address its address, or {@code null}
		 * @return this builder
		 */
		public Builder peer(@Nullable String address) {
			this.peer = address;
			return this;
		}

		/**
		 * Sets {@link StreamSnapshot#retryCount()}.
		 * @param failures how many
		 * @return this builder
		 */
		public Builder retryCount(int failures) {
			this.retryCount = failures;
			return this;
		}

		/**
		 * Sets {@link StreamSnapshot#counters()}.
		 * @param totals the totals
		 * @return this builder
		 */
		public Builder counters(StreamCounts totals) {
			this.counters = totals;
			return this;
		}

		/**
		 * Sets {@link StreamSnapshot#lastFailure()}.
		 * @param failure the failure, or {@code null}
		 * @return this builder
		 */
		public Builder lastFailure(@Nullable StreamFailure failure) {
			this.lastFailure = failure;
			return this;
		}

		/**
		 * Makes the snapshot.
		 * @return what has been set so far
		 */
		public StreamSnapshot build() {
			return new StreamSnapshot(clone());
		}

		@Override
		protected Builder clone() {
			try {
				return (Builder) super.clone();
			}
			catch (CloneNotSupportedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
