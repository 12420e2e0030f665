// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsCacheEntry;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cache that keeps no answers of DNS, only the lifetime of each name's last answer, in seconds.
 * Confined to the event loop of the resolver.
 */
final class Lifetimes implements DnsCache {
  private final Map<String, Long> seconds = new HashMap<>();

  /**
   * The lifetime of the last answer about a host, whatever the search domain; {@code most} if none
   * is known.
   */
  long of(String host, long most) {
    long least = most;
    for (Map.Entry<String, Long> each : seconds.entrySet()) {
      String name = each.getKey();
      if (name.startsWith(host)
          && (name.length() == host.length() || name.charAt(host.length()) == '.')) {
        least = Math.min(least, each.getValue());
      }
    }
    return least;
  }

  @Override
  public DnsCacheEntry cache(
      String name, DnsRecord[] more, InetAddress address, long lifetime, EventLoop loop) {
    seconds.put(name, lifetime);
    return new Address(address);
  }

  @Override
  public @Nullable DnsCacheEntry cache(
      String name, DnsRecord[] more, Throwable cause, EventLoop loop) {
    seconds.remove(name);
    return null;
  }

  @Override
  public @Nullable List<? extends DnsCacheEntry> get(String name, DnsRecord[] more) {
    return null;
  }

  @Override
  public void clear() {
    seconds.clear();
  }

  @Override
  public boolean clear(String name) {
    return seconds.remove(name) != null;
  }

  private record Address(InetAddress address) implements DnsCacheEntry {
    @Override
    public @Nullable Throwable cause() {
      return null;
    }
  }
}
