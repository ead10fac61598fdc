package io.securestreams.proxy.server;

import java.io.IOException;
import java.net.SocketOption;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.kqueue.KQueueDomainSocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.unix.PeerCredentials;
import io.netty.channel.uring.IoUringDomainSocketChannel;
import io.netty.handler.ssl.SslHandler;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

import io.securestreams.proxy.mux.MuxChannel;
import io.securestreams.transport.loop.PeerName;
import io.securestreams.transport.tls.TlsContexts;

/**
 * Asks the system, or TLS, who is at the other end of a link. The kernel tells of a unix
 * socket who has connected it (SO_PEERCRED), which nobody can forge.
 */
final class PeerReader {

	private static final Path PASSWD = Path.of("/etc/passwd");

	private static final Path GROUP = Path.of("/etc/group");

	private static final int GROUP_ID_FIELD = 2;

	private static final int MEMBERS_FIELD = 3;

	private PeerReader() {
	}

	/**
	 * Tells who it is.
	 * @param channel a link; with TLS after the handshake
	 * @return the peer
	 * @throws IOException if it cannot be found out
	 */
	static Peer of(Channel channel) throws IOException {
		if (channel instanceof MuxChannel mux) {
			return of(mux.connection());
		}
		if (channel instanceof NioDomainSocketChannel nio) {
			return nioPeer(nio);
		}
		if (channel.localAddress() instanceof UnixDomainSocketAddress
				|| channel.localAddress() instanceof io.netty.channel.unix.DomainSocketAddress) {
			return credentialPeer(nativeCredentials(channel));
		}
		SslHandler tls = (SslHandler) channel.pipeline().get(TlsContexts.HANDLER);
		Set<String> subjects = (tls != null) ? subjects(tls) : Set.of();
		String name = subjects.isEmpty() ? PeerName.of(channel)
				: subjects.stream().max((a, b) -> Integer.compare(a.length(), b.length())).orElseThrow();
		return new Peer(name, Set.of(), Set.of(), subjects);
	}

	private static PeerCredentials nativeCredentials(Channel channel) throws IOException {
		if (channel instanceof EpollDomainSocketChannel epoll) {
			return epoll.peerCredentials();
		}
		if (channel instanceof IoUringDomainSocketChannel uring) {
			return uring.peerCredentials();
		}
		if (channel instanceof KQueueDomainSocketChannel kqueue) {
			return kqueue.peerCredentials();
		}
		throw new IOException("no way to ask a " + channel.getClass().getSimpleName() + " for its user");
	}

	private static Peer credentialPeer(PeerCredentials credentials) throws IOException {
		String uid = Integer.toUnsignedString(credentials.uid());
		String user = nameOf(PASSWD, uid);
		Set<String> users = (user != null) ? Set.of(uid, user) : Set.of(uid);
		Set<String> groups = new HashSet<>();
		for (int gid : credentials.gids()) {
			String number = Integer.toUnsignedString(gid);
			groups.add(number);
			String group = nameOf(GROUP, number);
			if (group != null) {
				groups.add(group);
			}
		}
		if (user != null) {
			addGroups(user, groups);
		}
		return new Peer((user != null) ? "user " + user : "uid " + uid, users, groups, Set.of());
	}

	private static Peer nioPeer(NioDomainSocketChannel channel) throws IOException {
		SocketOption<UnixDomainPrincipal> option = ExtendedSocketOptions.SO_PEERCRED;
		ChannelOption<UnixDomainPrincipal> asked = NioChannelOption.of(option);
		UnixDomainPrincipal principal = channel.config().getOption(asked);
		if (principal == null) {
			throw new IOException("the system does not tell the user of a unix socket");
		}
		String user = principal.user().getName();
		Set<String> users = new HashSet<>(Set.of(user));
		String uid = numberOf(PASSWD, user);
		if (uid != null) {
			users.add(uid);
		}
		Set<String> groups = new HashSet<>(Set.of(principal.group().getName()));
		String gid = numberOf(GROUP, principal.group().getName());
		if (gid != null) {
			groups.add(gid);
		}
		addGroups(user, groups);
		return new Peer("user " + user, users, groups, Set.of());
	}

	/** Names and numbers of the groups that say they have a member of that name. */
	private static void addGroups(String user, Set<String> groups) throws IOException {
		for (String[] fields : entries(GROUP)) {
			if (fields.length > MEMBERS_FIELD && List.of(fields[MEMBERS_FIELD].split(",")).contains(user)) {
				groups.add(fields[0]);
				groups.add(fields[GROUP_ID_FIELD]);
			}
		}
	}

	private static @Nullable String nameOf(Path file, String number) throws IOException {
		for (String[] fields : entries(file)) {
			if (fields.length > GROUP_ID_FIELD && fields[GROUP_ID_FIELD].equals(number)) {
				return fields[0];
			}
		}
		return null;
	}

	private static @Nullable String numberOf(Path file, String name) throws IOException {
		for (String[] fields : entries(file)) {
			if (fields.length > GROUP_ID_FIELD && fields[0].equals(name)) {
				return fields[GROUP_ID_FIELD];
			}
		}
		return null;
	}

	private static List<String[]> entries(Path file) throws IOException {
		if (!Files.isReadable(file)) {
			return List.of();
		}
		return Files.readString(file, StandardCharsets.ISO_8859_1).lines().map((line) -> line.split(":")).toList();
	}

	private static Set<String> subjects(SslHandler tls) {
		try {
			if (!(tls.engine().getSession().getPeerCertificates()[0] instanceof X509Certificate certificate)) {
				return Set.of();
			}
			String name = certificate.getSubjectX500Principal().getName();
			Set<String> subjects = new HashSet<>(Set.of(name));
			for (Rdn part : new LdapName(name).getRdns()) {
				if (part.getType().equalsIgnoreCase("CN")) {
					subjects.add(part.getValue().toString());
				}
			}
			return subjects;
		}
		catch (SSLPeerUnverifiedException | InvalidNameException ex) {
			return Set.of();
		}
	}

}
