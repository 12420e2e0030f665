// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.BodyWriter;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.net.CoalescingWriter;
import org.synapsegateway.net.Deadline;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.Seal;

/**
 * Writes the requests of one connection to a worker, one after another: a head, and then a body at
 * the pace of the worker.
 *
 * <p>While a request is written, the deadline of this connection runs only while the worker has to
 * take bytes. While the client has to send, the client's own deadline runs. Confined to one event
 * loop.
 */
final class RequestWriter implements CoalescingWriter.Writer {
  private static final Logger LOG = LoggerFactory.getLogger(RequestWriter.class);

  private final WorkerConnection connection;
  private final CoalescingWriter out;
  private final BodyWriter body;
  private final Deadline deadline;
  private boolean whole;

  /** The source of bytes after a switch of protocols; null if there was none. */
  private @Nullable BodySource tunnel;

  /**
   * @param seal encrypts what is sent; null for a plain connection
   */
  RequestWriter(
      WorkerConnection connection, Channel channel, Loop loop, Seal seal, Deadline deadline) {
    this.connection = connection;
    this.out = new CoalescingWriter(channel, loop, seal, this);
    this.body = new BodyWriter(out);
    this.deadline = deadline;
  }

  /** Whether all of the request has been written. */
  boolean isWhole() {
    return whole;
  }

  /** Begins a request: writes its head, and flushes nothing yet. */
  void begin(WorkerCall call) {
    whole = false;
    RequestHead head = call.request().head();
    body.begin(head.isChunked());
    ByteBuf bytes = out.buffer(head.length() + 256);
    call.writeHead(bytes);
    out.write(bytes);
    deadline.in(call.options().getSendTimeout());
  }

  /** Sends what has been written; the future completes when the socket has taken it. */
  ChannelFuture send() {
    return out.send();
  }

  /** Waits for the client from now on, unless the client waits for the worker's 100 (Continue). */
  void awaitBody(WorkerCall call) {
    if (!call.request().head().expectsContinue()) {
      deadline.never();
    }
  }

  /** The worker wants the body: waits for the client from now on. */
  void mayGoOn() {
    if (connection.awaitsReply() && !whole && !out.isFull()) {
      deadline.never();
    }
  }

  /** Writes a part of the body. */
  void data(ByteBuf bytes) {
    body.data(bytes);
    written();
  }

  /** Takes a part of the body from where it waits; returns how many bytes it has taken. */
  long splice(Socket from, long most) {
    if (!body.isPlain()) {
      return 0;
    }
    try {
      long moved = out.splice(from, most);
      written();
      return moved;
    } catch (IOException e) {
      // a part is lost, so nothing may follow it; the worker may have replied already
      LOG.debug("A request breaks off", e);
      out.end();
      WorkerCall call = connection.call();
      if (call != null) {
        call.request().body().cancel(); // so that what follows the body is not taken for the part
      }
      return 0;
    }
  }

  /** Has the source pause if the worker does not take what has been written. */
  private void written() {
    if (out.isFull()) {
      out.flush();
    }
    boolean taken = !out.isFull();
    if (connection.awaitsReply() && taken) {
      deadline.never();
    } else if (connection.awaitsReply()) {
      deadline.in(connection.carried().options().getSendTimeout());
    }
    if (taken) {
      return;
    }
    WorkerCall call = connection.call();
    if (tunnel != null) {
      tunnel.pause();
    } else if (call != null) {
      call.request().body().pause();
    }
  }

  void flush() {
    out.flush();
  }

  /** From now on the bytes come from a client that has switched protocols. */
  void tunnel(BodySource client) {
    tunnel = client;
  }

  /** Ends the request, and waits for the reply from now on. */
  void end(@Nullable String trailers) {
    body.end(trailers);
    whole = true;
    out.flush();
    if (connection.awaitsReply()) {
      deadline.in(connection.carried().replyMillis());
    }
  }

  /** The worker has taken what waited for it. */
  @Override
  public void writeOn() {
    if (tunnel != null) {
      tunnel.resume();
      return;
    }
    WorkerCall call = connection.call();
    if (call != null && !whole) {
      if (connection.awaitsReply()) {
        deadline.never();
      }
      call.request().body().resume();
    }
  }

  /** Discards unsent bytes, as the connection closes. */
  void discard() {
    out.discard();
  }
}
