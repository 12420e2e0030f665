// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.synapsegateway.net.CoalescingWriter;
import org.synapsegateway.net.Deadline;

/**
 * Ends one client's connection after its last reply: sends that, and lingers until the client has
 * ended too.
 *
 * <p>Closing with unread input would reset the connection, and the client might never see its reply
 * (RFC 9112 section 9.6). So further input is discarded, however much; only time limits it, as in
 * nginx. Confined to one event loop.
 */
final class ConnectionCloser {
  /** How long a client that lingers may be silent. */
  static final long SILENT_MILLIS = 5_000;

  /** The same while everybody has to go. */
  static final long HURRIED_MILLIS = SILENT_MILLIS / 5;

  /** How long it may send. */
  private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Channel channel;
  private final Deadline deadline;
  private final BooleanSupplier hurries;
  private final Runnable close;

  private boolean lingers;
  private long since;

  /**
   * @param deadline closes the connection when it passes
   * @param hurries whether everybody has to go
   * @param close closes the connection at once
   */
  ConnectionCloser(Channel channel, Deadline deadline, BooleanSupplier hurries, Runnable close) {
    this.channel = channel;
    this.deadline = deadline;
    this.hurries = hurries;
    this.close = close;
  }

  /**
   * Sends what has been written, and closes the connection then or lingers.
   *
   * @param mayStillSend whether the client may still be sending, as it does not know of the end
   */
  void flush(CoalescingWriter out, boolean mayStillSend) {
    out.flush();
    if (out.isEmpty()) {
      sent(out, mayStillSend);
    } else {
      out.send().addListener(sent -> sent(out, mayStillSend && sent.isSuccess()));
    }
  }

  private void sent(CoalescingWriter out, boolean mayStillSend) {
    if (mayStillSend) {
      linger(out);
    } else {
      close.run();
    }
  }

  private void linger(CoalescingWriter out) {
    if (channel.isActive()) {
      lingers = true;
      since = System.nanoTime();
      deadline.in(hurries.getAsBoolean() ? HURRIED_MILLIS : SILENT_MILLIS);
      out.end();
    }
  }

  /** Discards further input. */
  void skip(ByteBuf bytes) {
    bytes.skipBytes(bytes.readableBytes());
    if (!lingers || hurries.getAsBoolean()) {
      return;
    }
    if (System.nanoTime() - since > MAX_NANOS) {
      close.run();
    } else {
      deadline.in(SILENT_MILLIS);
    }
  }
}
