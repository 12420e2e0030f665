// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.net.Loop;
import org.synapsegateway.tls.ClientTls;
import org.synapsegateway.tls.HandshakeFailure;
import org.synapsegateway.tls.Handshakes;

/**
 * Opens connections to a host's port and begins TLS on them. A worker with a bad certificate counts
 * as one that refuses connections. Safe for any thread.
 */
final class TlsDialler implements Dialler {
  private final Dialler plain;
  private final ClientTls tls;
  private final String name;
  private final WorkerAddress.Tcp worker;

  /**
   * @param plain opens the connections
   * @param name the name that the worker's certificate must have
   */
  TlsDialler(Dialler plain, ClientTls tls, String name, WorkerAddress.Tcp worker) {
    this.plain = plain;
    this.tls = tls;
    this.name = name;
    this.worker = worker;
  }

  @Override
  public void dial(Loop loop, long millis, Caller caller) throws OutOfDescriptorsException {
    plain.dial(loop, millis, new Attempt(loop, millis, caller));
  }

  /** One connection on its way. Confined to its event loop. */
  private final class Attempt implements Caller, Handshakes {
    private final Loop loop;
    private final long end;
    private final Caller caller;
    private @Nullable Channel channel;
    private @Nullable Future<?> deadline;
    private boolean done;

    Attempt(Loop loop, long millis, Caller caller) {
      this.loop = loop;
      this.end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      this.caller = caller;
    }

    @Override
    public void connected(Channel opened) {
      channel = opened;
      deadline =
          loop.eventLoop().schedule(this::giveUp, end - System.nanoTime(), TimeUnit.NANOSECONDS);
      opened.pipeline().addLast(tls.handler(opened, loop, this, name, worker.port()));
    }

    @Override
    public void busy() {
      caller.busy();
    }

    @Override
    public void failed(IOException why) {
      caller.failed(why);
    }

    @Override
    public void succeeded(String version, boolean resumed) {
      if (!done) {
        done = true;
        stopWaiting();
        caller.connected(Objects.requireNonNull(channel));
      }
    }

    @Override
    public void failed(HandshakeFailure reason) {
      fail(ClientTls.CLOSED);
    }

    @Override
    public void failed(HandshakeFailure reason, SSLException cause) {
      fail(ClientTls.why(cause));
    }

    private void stopWaiting() {
      if (deadline != null) {
        deadline.cancel(false);
      }
    }

    private void giveUp() {
      fail(ClientTls.SILENT);
    }

    private void fail(String why) {
      if (!done) {
        done = true;
        stopWaiting();
        if (channel != null) {
          channel.close();
        }
        caller.failed(ClientTls.failure(worker.toString(), why));
      }
    }

    @Override
    public ByteBuf answerToPlain() {
      return Unpooled.EMPTY_BUFFER; // a worker is no client
    }
  }
}
