package io.securestreams.proxy.server;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

import io.securestreams.limits.ProxyLimits;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.stream.platform.VirtualHost.ClientAuth;
import org.jspecify.annotations.Nullable;

/**
 * How clients are served.
 *
 * @param addresses where to listen, one or more
 * @param socketPermissions of socket files
 * @param socketGroup group that socket files get, or {@code null} for that of the process
 * @param identity names certificate and key of TCP links, for
 * {@link io.securestreams.stream.platform.TlsIdentities#serverIdentity}, or {@code null}
 * for no TLS
 * @param clientAuth whether clients on TCP present a certificate
 * @param access who may use what; with no rules everybody who gets through may use
 * everything
 * @param version0 whether clients of version 0 of the protocol are served
 * @param limits bounds
 */
public record ProxyServerSettings(List<ProxyAddress> addresses, Set<PosixFilePermission> socketPermissions,
		@Nullable String socketGroup, @Nullable String identity, ClientAuth clientAuth, List<ProxyAccess> access,
		boolean version0, ProxyLimits limits) {

	/** Listens where proxies of libwebsockets do, for everybody on this machine. */
	public static final ProxyServerSettings DEFAULTS = builder().build();

	public ProxyServerSettings {
		addresses = List.copyOf(addresses);
		socketPermissions = Set.copyOf(socketPermissions);
		access = List.copyOf(access);
		if (addresses.isEmpty()) {
			throw new IllegalArgumentException("a proxy without an address (expected: one or more)");
		}
		if (clientAuth != ClientAuth.NONE && identity == null) {
			throw new IllegalArgumentException(
					"a proxy that wants client certificates without TLS (expected: a certificate of its own)");
		}
	}

	/**
	 * Starts with the defaults.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Collects settings; what is not set stays as it was.
	 */
	public static final class Builder {

		private List<ProxyAddress> addresses = List.of(ProxyAddress.DEFAULT);

		private Set<PosixFilePermission> socketPermissions = PosixFilePermissions.fromString("rw-------");

		private @Nullable String socketGroup;

		private @Nullable String identity;

		private ClientAuth clientAuth = ClientAuth.NONE;

		private List<ProxyAccess> access = List.of();

		private boolean version0;

		private ProxyLimits limits = ProxyLimits.DEFAULTS;

		private Builder() {
		}

		/**
		 * Sets where to listen.
		 * @param addresses one or more; default: {@link ProxyAddress#DEFAULT}
		 * @return this builder
		 */
		public Builder addresses(List<ProxyAddress> addresses) {
			this.addresses = addresses;
			return this;
		}

		/**
		 * Sets the permissions of socket files: who may write may connect.
		 * @param permissions default: only the user of this process, {@code rw-------}
		 * @return this builder
		 */
		public Builder socketPermissions(Set<PosixFilePermission> permissions) {
			this.socketPermissions = permissions;
			return this;
		}

		/**
		 * Sets the group of socket files.
		 * @param group its name, or {@code null} (the default) for that of the process
		 * @return this builder
		 */
		public Builder socketGroup(@Nullable String group) {
			this.socketGroup = group;
			return this;
		}

		/**
		 * Sets TLS for TCP links.
		 * @param identity names certificate and key, or {@code null} (the default) for no
		 * TLS
		 * @param clientAuth whether clients present a certificate
		 * @return this builder
		 */
		public Builder tls(@Nullable String identity, ClientAuth clientAuth) {
			this.identity = identity;
			this.clientAuth = clientAuth;
			return this;
		}

		/**
		 * Sets who may use what.
		 * @param access rules; default: none, and no restriction
		 * @return this builder
		 */
		public Builder access(List<ProxyAccess> access) {
			this.access = access;
			return this;
		}

		/**
		 * Sets whether to serve clients of version 0, which libwebsockets had before 4.2.
		 * @param version0 default: {@code false}, as its own proxies do now
		 * @return this builder
		 */
		public Builder version0(boolean version0) {
			this.version0 = version0;
			return this;
		}

		/**
		 * Sets the bounds.
		 * @param limits default: {@link ProxyLimits#DEFAULTS}
		 * @return this builder
		 */
		public Builder limits(ProxyLimits limits) {
			this.limits = limits;
			return this;
		}

		/**
		 * Makes the settings.
		 * @return the settings
		 * @throws IllegalArgumentException if they do not fit together
		 */
		public ProxyServerSettings build() {
			return new ProxyServerSettings(this.addresses, this.socketPermissions, this.socketGroup, this.identity,
					this.clientAuth, this.access, this.version0, this.limits);
		}

	}

}
