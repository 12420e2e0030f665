// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import io.netty.channel.unix.Socket;

/** Moves the rest of a large body from socket to socket, beside its decoder. */
public final class BodySplice {
  /** What a rest must have to be spliced. */
  private static final int MIN = 64 * 1024;

  /** Bytes spliced in a turn, before other connections have theirs. */
  private static final int MAX = 1024 * 1024;

  private BodySplice() {}

  /**
   * Has the sink take some of the rest straight from the socket where it waits; returns how many
   * bytes it has taken.
   */
  public static long some(BodyDecoder rest, Socket from, BodySink sink) {
    long most = Math.min(rest.left(), MAX);
    // the number of a closed one may be another connection's by now
    if (most < MIN || !from.isOpen()) {
      return 0;
    }
    long moved = sink.splice(from, most);
    rest.passed(moved);
    return moved;
  }
}
