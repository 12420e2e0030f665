// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import io.netty.resolver.dns.DnsServerAddressStream;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.resolver.dns.UnixResolverDnsServerAddressStreamProvider;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.fault.Reason;

/**
 * The DNS servers that the system's file names, or that of this machine if it names none
 * (resolv.conf(5)). Netty would ask those of Google then, and tell them the names of the workers'
 * hosts. The file is read again when it has changed. Safe for any thread.
 */
final class SystemServers implements DnsServerAddressStreamProvider {
  private static final Logger LOG = LoggerFactory.getLogger(SystemServers.class);

  /** What tells one state of the file from another. */
  private record State(FileTime modified, long size, @Nullable Object key) {}

  private final Path file;

  /** What the servers were read from; null if the file was missing. */
  private @Nullable State read;

  private @Nullable DnsServerAddressStreamProvider servers;

  SystemServers(Path file) {
    this.file = file;
  }

  @Override
  public synchronized DnsServerAddressStream nameServerAddressStream(String host) {
    State now = state();
    if (servers == null || !Objects.equals(now, read)) {
      read = now;
      servers = servers();
    }
    return servers.nameServerAddressStream(host);
  }

  private @Nullable State state() {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return new State(found.lastModifiedTime(), found.size(), found.fileKey());
    } catch (IOException e) {
      return null; // reading it tells why
    }
  }

  private DnsServerAddressStreamProvider servers() {
    try {
      return new UnixResolverDnsServerAddressStreamProvider(file.toFile());
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("{}; so the DNS server of this machine is asked", Reason.of(e));
      return new SequentialDnsServerAddressStreamProvider(
          new InetSocketAddress(NetUtil.LOCALHOST4, Names.PORT));
    }
  }
}
