// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.whoami;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Limits the questions about unknown tokens: a number a second for each client and in total, with
 * bursts of {@link #BURST}.
 *
 * <p>A client is an IPv4 address or an IPv6 /64, the size that one customer gets. A question that
 * finds a user costs its client nothing, so that many users behind one address do not exhaust the
 * budget. The total counts every question. Safe for any thread.
 */
final class QuestionBudget {
  static final Duration BURST = Duration.ofSeconds(10);

  private static final int MAX_CLIENTS = 10_000;
  private static final int PREFIX_BYTES = 8;

  private final Ticker clock;
  private final Rate ofOne;
  private final Rate ofAll;
  private final AtomicLong total;
  private final Cache<ByteBuffer, AtomicLong> clients;

  /**
   * @param perClient questions a second of one client; 0 for no limit
   * @param perSecond questions a second of all; 0 for no limit
   */
  QuestionBudget(int perClient, int perSecond, Ticker clock) {
    this.clock = clock;
    this.ofOne = new Rate(perClient);
    this.ofAll = new Rate(perSecond);
    this.total = new AtomicLong(clock.read());
    this.clients =
        Caffeine.newBuilder()
            .maximumSize(MAX_CLIENTS)
            .expireAfterAccess(BURST)
            .ticker(clock)
            .executor(Runnable::run)
            .build();
  }

  /**
   * Takes one question out of the budget, if it has one left.
   *
   * @param client null for a client on a UNIX socket
   */
  boolean take(@Nullable InetAddress client) {
    long now = clock.read();
    AtomicLong spent = clients.get(network(client), network -> new AtomicLong(now));
    if (!ofOne.take(spent, now)) {
      return false;
    }
    if (ofAll.take(total, now)) {
      return true;
    }
    ofOne.giveBack(spent);
    return false;
  }

  /** Gives the client back what a question has cost it. */
  void giveBack(@Nullable InetAddress client) {
    AtomicLong spent = clients.getIfPresent(network(client));
    if (spent != null) {
      ofOne.giveBack(spent);
    }
  }

  private static ByteBuffer network(@Nullable InetAddress client) {
    byte[] address = client == null ? new byte[0] : client.getAddress();
    return ByteBuffer.wrap(Arrays.copyOf(address, Math.min(address.length, PREFIX_BYTES)));
  }

  /**
   * A rate limit, which stores the time at which all questions so far are paid for (GCRA, ITU-T
   * I.371).
   *
   * @param interval nanoseconds that pay for one; 0 if there is no limit
   */
  private record Rate(long interval) {
    Rate(int perSecond) {
      this(perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / perSecond);
    }

    boolean take(AtomicLong paidUntil, long now) {
      while (true) {
        long was = paidUntil.get();
        long next = (was - now > 0 ? was : now) + interval;
        if (next - now > BURST.toNanos()) {
          return false;
        }
        if (paidUntil.compareAndSet(was, next)) {
          return true;
        }
      }
    }

    void giveBack(AtomicLong paidUntil) {
      paidUntil.addAndGet(-interval);
    }
  }
}
