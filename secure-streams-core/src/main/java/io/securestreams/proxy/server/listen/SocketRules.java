package io.securestreams.proxy.server.listen;

import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.securestreams.stream.platform.VirtualHost.ClientAuth;

/**
 * Who may connect to the addresses of a proxy.
 *
 * @param permissions of socket files
 * @param group that socket files get, or {@code null} for that of the process
 * @param identity names certificate and key of TCP links, or {@code null} for no TLS
 * @param clientAuth whether clients on TCP present a certificate
 */
public record SocketRules(Set<PosixFilePermission> permissions, @Nullable String group, @Nullable String identity,
		ClientAuth clientAuth) {

}
