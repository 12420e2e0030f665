// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.net.Loop;

/**
 * One connection on its way to a host, to whichever of its addresses accepts first: each is tried
 * when the one before has failed, or has not answered for 250 ms (RFC 8305, chapter 5). Confined to
 * one event loop.
 */
final class TcpAttempt {
  private static final long STAGGER_MILLIS = 250;

  private final TcpHost host;
  private final Loop loop;
  private final Dialler.Caller caller;
  private final Queue<InetAddress> left;
  private final Map<SocketChannel, InetAddress> connecting = new LinkedHashMap<>();
  private boolean done;

  /** Why the last address failed; null if none has. */
  private @Nullable IOException why;

  private long millis;
  private @Nullable Future<?> deadline;
  private @Nullable Future<?> stagger;

  TcpAttempt(TcpHost host, Loop loop, Dialler.Caller caller) {
    this.host = host;
    this.loop = loop;
    this.caller = caller;
    this.left = new ArrayDeque<>(host.addresses());
  }

  /**
   * @param most how many milliseconds it may take
   */
  void begin(long most) throws OutOfDescriptorsException {
    millis = most;
    connect();
    if (!done) {
      deadline = loop.eventLoop().schedule(this::timeOut, most, TimeUnit.MILLISECONDS);
    }
  }

  private void next() {
    if (done) {
      return;
    }
    try {
      connect();
    } catch (OutOfDescriptorsException e) {
      why = e;
      left.clear();
      failIfOver();
    }
  }

  /** Connects to the next address that may be tried. */
  private void connect() throws OutOfDescriptorsException {
    InetAddress tried = left.poll();
    while (tried != null && !host.silent().mayTry(tried)) {
      tried = left.poll();
    }
    if (tried == null) {
      failIfOver();
    } else {
      connect(tried);
    }
  }

  private void connect(InetAddress tried) throws OutOfDescriptorsException {
    SocketChannel channel;
    try {
      channel = TcpDialler.channel();
    } catch (OutOfDescriptorsException e) {
      host.silent().left(tried);
      throw e;
    }
    connecting.put(channel, tried);
    loop.eventLoop().register(channel);
    if (!left.isEmpty()) {
      stagger = loop.eventLoop().schedule(this::next, STAGGER_MILLIS, TimeUnit.MILLISECONDS);
    }
    channel
        .connect(new InetSocketAddress(tried, host.port()))
        .addListener(end -> ended(channel, tried, end));
  }

  private void ended(SocketChannel channel, InetAddress address, Future<?> end) {
    if (connecting.remove(channel) == null) {
      return; // others have been faster, or it took too long
    }
    if (end.isSuccess()) {
      host.accepted(address);
      finish();
      connecting.forEach(
          (other, to) -> {
            host.silent().left(to);
            other.close();
          });
      connecting.clear();
      caller.connected(channel);
      return;
    }
    channel.close();
    host.silent().answered(address);
    why = end.cause() instanceof IOException refused ? refused : new IOException(end.cause());
    if (stagger != null) {
      stagger.cancel(false);
    }
    next();
  }

  private void timeOut() {
    connecting.forEach(
        (channel, address) -> {
          host.silent().silent(address);
          channel.close();
        });
    connecting.clear();
    fail(new ConnectException(host + " did not answer for " + millis + " ms"));
  }

  private void failIfOver() {
    if (connecting.isEmpty()) {
      fail(why == null ? new ConnectException(host + " has not answered lately") : why);
    }
  }

  private void fail(IOException reason) {
    finish();
    host.hurry();
    caller.failed(reason);
  }

  private void finish() {
    done = true;
    if (deadline != null) {
      deadline.cancel(false);
    }
    if (stagger != null) {
      stagger.cancel(false);
    }
  }
}
