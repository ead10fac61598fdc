package io.securestreams.spring.boot.autoconfigure;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.util.unit.DataSize;

import io.securestreams.limits.ProxyLimits;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.proxy.server.ProxyAccess;
import io.securestreams.proxy.server.ProxyServerSettings;
import io.securestreams.spring.proxy.InvalidProxyAddressException;
import io.securestreams.stream.platform.VirtualHost.ClientAuth;

/**
 * Properties of a proxy for other processes, "secure-streams.proxy.server".
 *
 * @param enabled Whether streams of other processes are fulfilled with the policy of this
 * one.
 * @param address Where clients connect: "unix:/path", "unix:@name" in Linux' abstract
 * namespace, or "tcp:host:port", each with "mux+" before it for many links over one
 * connection; one or more.
 * @param socketPermissions Permissions of socket files; who may write may connect.
 * @param socketGroup Group of socket files; default is that of the process.
 * @param sslBundle Name of the SSL bundle with certificate and key for TCP, and with the
 * issuers of client certificates where they are asked for; default is no TLS.
 * @param clientAuth Whether clients on TCP present a certificate.
 * @param access Who may use what; without rules everybody who can connect may use every
 * streamtype.
 * @param version0 Whether clients of version 0 of the protocol are served, which
 * libwebsockets had before 4.2.
 * @param limits Bounds.
 */
@ConfigurationProperties("secure-streams.proxy.server")
public record ProxyServerProperties(@DefaultValue("false") boolean enabled,
		@DefaultValue("unix:@proxy.ss.lws") List<String> address, @DefaultValue("rw-------") String socketPermissions,
		@Nullable String socketGroup, @Nullable String sslBundle, @DefaultValue("none") ClientAuth clientAuth,
		@DefaultValue List<Access> access, @Name("version-0") @DefaultValue("false") boolean version0,
		@DefaultValue Limits limits) {

	/** What the engine calls the identity of TCP links. */
	static final String IDENTITY = "proxy.server";

	public ProxyServerProperties {
		address = List.copyOf(address);
		access = List.copyOf(access);
		// What makes no sense is to fail here, where Boot knows the keys
		settings(address, socketPermissions, socketGroup, sslBundle, clientAuth, access, version0, limits);
	}

	ProxyServerSettings settings() {
		return settings(this.address, this.socketPermissions, this.socketGroup, this.sslBundle, this.clientAuth,
				this.access, this.version0, this.limits);
	}

	private static ProxyServerSettings settings(List<String> address, String socketPermissions,
			@Nullable String socketGroup, @Nullable String sslBundle, ClientAuth clientAuth, List<Access> access,
			boolean version0, Limits limits) {
		return ProxyServerSettings.builder()
			.addresses(addresses(address))
			.socketPermissions(permissions(socketPermissions))
			.socketGroup(socketGroup)
			.tls((sslBundle != null) ? IDENTITY : null, clientAuth)
			.access(access.stream().map(Access::rule).toList())
			.version0(version0)
			.limits(limits.limits())
			.build();
	}

	private static List<ProxyAddress> addresses(List<String> texts) {
		try {
			return texts.stream().map(ProxyAddress::parse).toList();
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidProxyAddressException("secure-streams.proxy.server.address",
					String.valueOf(ex.getMessage()), ex);
		}
	}

	private static Set<PosixFilePermission> permissions(String text) {
		try {
			return PosixFilePermissions.fromString(text);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("socket-permissions: " + text + " (expected: for example \"rw-rw----\")",
					ex);
		}
	}

	/**
	 * Who may use what. A client that one of the names fits may have the streamtypes.
	 *
	 * @param users Names or numbers of users of this machine, for unix sockets.
	 * @param groups Names or numbers of groups of this machine, for unix sockets.
	 * @param subjects Subjects of client certificates, for TCP: the whole name as in RFC
	 * 2253, or its CN alone.
	 * @param streamTypes Streamtypes; default is all.
	 */
	public record Access(@DefaultValue Set<String> users, @DefaultValue Set<String> groups,
			@DefaultValue Set<String> subjects, @DefaultValue Set<String> streamTypes) {

		ProxyAccess rule() {
			return new ProxyAccess(this.users, this.groups, this.subjects, this.streamTypes);
		}

	}

	/**
	 * Bounds. A client is a user of this machine, the subject of a certificate, or an
	 * address.
	 *
	 * @param maxLinks Most links in all, each of which is a stream; further ones are
	 * closed.
	 * @param maxLinksPerClient Most links of a client.
	 * @param maxBufferedPerClient Most bytes that the buffers of all streams of a client
	 * come to, by their policies.
	 * @param linksPerSecond How many links a client may make in a second.
	 * @param maxMetadata Longest name and value of metadata together.
	 * @param createTimeout Most time until a client has said which streamtype it wants.
	 */
	public record Limits(@DefaultValue("10000") int maxLinks, @DefaultValue("1000") int maxLinksPerClient,
			@DefaultValue("64MB") DataSize maxBufferedPerClient, @DefaultValue("500") int linksPerSecond,
			@DefaultValue("65535B") DataSize maxMetadata, @DefaultValue("3s") Duration createTimeout) {

		ProxyLimits limits() {
			return ProxyLimits.builder()
				.maxLinks(this.maxLinks)
				.maxLinksPerClient(this.maxLinksPerClient)
				.maxBufferedPerClient(this.maxBufferedPerClient.toBytes())
				.linksPerSecond(this.linksPerSecond)
				.maxMetadata(Math.toIntExact(Math.min(Integer.MAX_VALUE, this.maxMetadata.toBytes())))
				.createTimeout(this.createTimeout)
				.build();
		}

	}

}
