// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sees, through Linux's table of TCP sockets, whether the peer on this machine has read all that
 * was sent to it.
 */
final class ReceiveQueue {
  private static final List<Path> TABLES =
      List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

  private ReceiveQueue() {}

  /**
   * Waits until nothing is on its way from one address to the other and nothing lies unread there;
   * an end that has gone away has nothing unread.
   */
  static void awaitEmpty(InetSocketAddress from, InetSocketAddress to, Duration patience)
      throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (isPending(from.getPort(), to.getPort())) {
      if (System.nanoTime() - deadline > 0) {
        throw new SocketTimeoutException("the peer does not read what was sent to it");
      }
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(200));
    }
  }

  private static boolean isPending(int from, int to) throws IOException {
    // a row is: number, local, remote, state, queue of unacknowledged : queue of unread, ..
    String sender = String.format(Locale.ROOT, ":%04X ", from);
    String receiver = String.format(Locale.ROOT, ":%04X ", to);
    for (Path table : TABLES) {
      if (!Files.exists(table)) {
        continue;
      }
      for (String row : Files.readAllLines(table)) {
        int first = row.indexOf(sender);
        int second = row.indexOf(receiver);
        if (first < 0 || second < 0) {
          continue;
        }
        String[] queues = row.trim().split(" +", -1)[4].split(":", -1);
        boolean senders = first < second;
        if (Long.parseLong(queues[senders ? 0 : 1], 16) > 0) {
          return true;
        }
      }
    }
    return false;
  }
}
