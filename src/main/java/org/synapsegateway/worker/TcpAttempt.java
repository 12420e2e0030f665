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
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.net.Loop;

/**
 * One connection on its way to a host, to whichever of its addresses accepts first: each is tried
 * when the one before has failed, or has not answered for 250 ms (RFC 8305, chapter 5). After the
 * last one, all that have not answered are tried once more, after 250, 500 ms and so on: Linux
 * drops what finds a full backlog in silence, and itself repeats it only after a second (RFC 6298,
 * chapter 2). Confined to one event loop.
 */
final class TcpAttempt {
  private static final long STAGGER_MILLIS = 250;

  private final TcpHost host;
  private final Loop loop;
  private final Dialler.Caller caller;
  private final Queue<InetAddress> left;
  private final Map<SocketChannel, InetAddress> connecting = new LinkedHashMap<>();
  private final int acceptedBefore;
  private boolean done;

  /** Why the last address failed; null if none has. */
  private @Nullable IOException why;

  private long millis;
  private long pause = STAGGER_MILLIS;
  private @Nullable Future<?> deadline;
  private @Nullable Future<?> stagger;

  TcpAttempt(TcpHost host, Loop loop, Dialler.Caller caller) {
    this.host = host;
    this.loop = loop;
    this.caller = caller;
    this.left = new ArrayDeque<>(host.addresses());
    this.acceptedBefore = host.acceptedCount();
  }

  /**
   * @param most how many milliseconds it may take
   */
  void begin(long most) throws OutOfDescriptorsException {
    millis = most;
    connectNext();
    if (!done) {
      deadline = loop.eventLoop().schedule(this::timeOut, most, TimeUnit.MILLISECONDS);
    }
  }

  /** Nobody has answered for a while. */
  private void overdue() {
    try {
      InetAddress tried = next();
      if (tried == null) {
        connectAgain();
      } else {
        connect(tried);
      }
    } catch (OutOfDescriptorsException e) {
      end(e);
    }
  }

  private void connectAgain() throws OutOfDescriptorsException {
    pause *= 2;
    for (InetAddress silent : new LinkedHashSet<>(connecting.values())) {
      if (!done) {
        connect(silent);
      }
    }
  }

  private void connectNext() throws OutOfDescriptorsException {
    InetAddress tried = next();
    if (tried == null) {
      failIfOver();
    } else {
      connect(tried);
    }
  }

  /** The next address that may be tried; null if there is none. */
  private @Nullable InetAddress next() {
    InetAddress tried = left.poll();
    while (tried != null && !host.silent().mayTry(tried)) {
      tried = left.poll();
    }
    return tried;
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
    stopWaiting();
    stagger = loop.eventLoop().schedule(this::overdue, pause, TimeUnit.MILLISECONDS);
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
      closeAll(host.silent()::left);
      caller.connected(channel);
      return;
    }
    channel.close();
    host.silent().answered(address);
    why = end.cause() instanceof IOException refused ? refused : new IOException(end.cause());
    try {
      connectNext();
    } catch (OutOfDescriptorsException e) {
      end(e);
    }
  }

  /** Without another descriptor, those that are connecting decide. */
  private void end(OutOfDescriptorsException reason) {
    why = reason;
    left.clear();
    failIfOver();
  }

  private void timeOut() {
    // others got in meanwhile, so the host is there and its backlog is full
    boolean accepts = host.acceptedCount() != acceptedBefore;
    closeAll(accepts ? host.silent()::left : host.silent()::silent);
    if (accepts) {
      finish();
      caller.busy();
    } else {
      fail(new ConnectException(host + " did not answer for " + millis + " ms"));
    }
  }

  /** Closes those that are connecting; closing ends a connect, whose end says nothing any more. */
  private void closeAll(Consumer<InetAddress> verdict) {
    Map<SocketChannel, InetAddress> closing = new LinkedHashMap<>(connecting);
    connecting.clear();
    closing.forEach(
        (channel, address) -> {
          verdict.accept(address);
          channel.close();
        });
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
    stopWaiting();
  }

  private void stopWaiting() {
    if (stagger != null) {
      stagger.cancel(false);
    }
  }
}
