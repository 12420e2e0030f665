// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs, once a minute at most, that a connection could not be accepted, for instance because no
 * descriptor is left.
 *
 * <p>Netty then accepts none for a second, so that a full process does not spin; new connections
 * wait in the kernel's backlog. Confined to the listener's event loop.
 */
final class AcceptFailures extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(AcceptFailures.class);
  private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private long told = System.nanoTime() - PAUSE_NANOS;

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof Error) {
      LOG.error("The listener failed", cause);
      return;
    }
    long now = System.nanoTime();
    if (now - told >= PAUSE_NANOS) {
      told = now;
      LOG.warn(
          "Cannot accept connections: {}; trying again every second. If descriptors are short, raise"
              + " the limit of open files (ulimit -n, LimitNOFILE of systemd) or lower"
              + " gateway.connections-max",
          cause.getMessage());
    }
  }
}
