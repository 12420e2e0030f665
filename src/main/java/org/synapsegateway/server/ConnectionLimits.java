// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.Failure;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/**
 * How many connections of clients there may be, in total and from one address.
 *
 * <p>A connection over a limit gets an error reply and is closed. Beyond a few at a time,
 * connections are closed without a reply, so that refusing stays cheap. Safe for any thread.
 */
public final class ConnectionLimits {
  /**
   * Descriptors left for what is no client and no worker: files, and clients being refused; a
   * quarter of all where that is less.
   */
  private static final int MAX_RESERVED_DESCRIPTORS = 128;

  /** What a connection with a request in flight may take of the heap, generously. */
  private static final int HEAP_BYTES_EACH = 16 * 1024;

  /** How many may be refused at once; those beyond are closed without a word. */
  private static final int MAX_REFUSALS = 64;

  private final int most;
  private final AtomicInteger admitted = new AtomicInteger();
  private final AtomicInteger refusals = new AtomicInteger();
  private final ConcurrentMap<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();

  ConnectionLimits(int most) {
    this.most = most;
  }

  /** With the total that is configured, or that descriptors (two each) and memory allow. */
  static ConnectionLimits of(Settings settings) {
    int configured = settings.count(Setting.CONNECTIONS_MAX);
    return new ConnectionLimits(configured > 0 ? configured : affordable());
  }

  /** How many connections descriptors, two each, and memory allow in this process. */
  public static int affordable() {
    long byMemory = Runtime.getRuntime().maxMemory() / HEAP_BYTES_EACH;
    long byDescriptors = byMemory;
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
      long free = system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount();
      byDescriptors = (free - Math.min(MAX_RESERVED_DESCRIPTORS, free / 4)) / 2;
    }
    return (int) Math.max(1, Math.min(byMemory, byDescriptors));
  }

  /** Whether so few places are free that idle connections should make room, as in nginx. */
  boolean isNearlyFull() {
    return admitted.get() > most - Math.max(1, most / 16);
  }

  /** How many connections there may be in total. */
  int max() {
    return most;
  }

  /**
   * Gives a connection a place, which it must {@link Place#leave} when it closes.
   *
   * @param address the client's address; null if connections of one address are not limited
   * @param maxFromOne how many one address may have
   */
  Place enter(@Nullable InetAddress address, int maxFromOne) {
    return new Place(address, maxFromOne, take(address, maxFromOne));
  }

  /** Takes a place; returns why there is none, or null. */
  private @Nullable Failure take(@Nullable InetAddress address, int maxFromOne) {
    if (admitted.incrementAndGet() > most) {
      admitted.decrementAndGet();
      return Failure.OVERLOADED;
    }
    if (address != null && byAddress.merge(address, 1, Integer::sum) > maxFromOne) {
      forget(address);
      admitted.decrementAndGet();
      return Failure.TOO_MANY_REQUESTS;
    }
    return null;
  }

  private void forget(InetAddress address) {
    byAddress.computeIfPresent(address, (same, count) -> count == 1 ? null : count - 1);
  }

  /** What a connection has here while it is open. Confined to the connection's event loop. */
  final class Place {
    private final @Nullable InetAddress address;
    private final int maxFromOne;
    private @Nullable Failure refusal;

    private final boolean mayAsk;

    private Place(@Nullable InetAddress address, int maxFromOne, @Nullable Failure refusal) {
      this.address = address;
      this.maxFromOne = maxFromOne;
      this.refusal = refusal;
      this.mayAsk = refusal == null || refusals.incrementAndGet() <= MAX_REFUSALS;
    }

    /** What the first request is answered with because a limit is reached; else null. */
    @Nullable Failure refusal() {
      return refusal;
    }

    /** Tries again to be admitted where there was no room; returns the refusal, if it stays. */
    @Nullable Failure admit() {
      if (refusal == Failure.OVERLOADED) {
        refusal = take(address, maxFromOne);
        if (refusal == null) {
          refusals.decrementAndGet();
        }
      }
      return refusal;
    }

    /** Whether there is to be a first request; if not, the connection is to be closed at once. */
    boolean mayAsk() {
      return mayAsk;
    }

    /** Gives the place back; to be called once. */
    void leave() {
      if (refusal != null) {
        refusals.decrementAndGet();
        return;
      }
      admitted.decrementAndGet();
      if (address != null) {
        forget(address);
      }
    }
  }
}
