// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.BodyWriter;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HeadWriter;
import org.synapsegateway.http.ReplyHead;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.net.CoalescingWriter;
import org.synapsegateway.net.Loop;
import org.synapsegateway.request.FailureReply;
import org.synapsegateway.request.Reply;

/**
 * The stream of an HTTP/1.1 connection: writes one reply after another, at the pace of the client,
 * and says of each whether the connection outlives it.
 *
 * <p>Confined to one event loop.
 */
final class Http1Stream extends HttpStream implements BodySink {
  private static final Logger LOG = LoggerFactory.getLogger(Http1Stream.class);

  private final ClientConnection connection;
  private final RequestReader reader;
  private final CoalescingWriter out;
  private final BodyWriter writer;

  /** Where the body of the reply comes from; null if none does. */
  private @Nullable BodySource source;

  /** What the reply says about the connection. */
  private HeadWriter.Connection fate = HeadWriter.Connection.PERSISTS;

  Http1Stream(
      FrontDoor door,
      Gate gate,
      Loop loop,
      Client peer,
      ClientDeadline deadline,
      ClientConnection connection,
      RequestReader reader,
      CoalescingWriter out) {
    super(door, gate, loop, peer, deadline);
    this.connection = connection;
    this.reader = reader;
    this.out = out;
    this.writer = new BodyWriter(out);
  }

  @Override
  RequestHead head() {
    return reader.head();
  }

  @Override
  @Nullable BodySink takeBodySink() {
    return reader.takeSink();
  }

  /**
   * Decides whether a connection persists after a reply (RFC 9112 section 9.3): if the client wants
   * that, has sent its request whole, and can tell where the reply ends.
   *
   * @param asked the request's head
   * @param whole whether all of the request has been read
   * @param framed whether the reply's end is known without the end of the connection
   * @param closing whether the gateway stops
   */
  static HeadWriter.Connection fate(
      RequestHead asked, boolean whole, boolean framed, boolean closing) {
    if (!asked.isKeepAlive() || !whole || !framed || closing) {
      return HeadWriter.Connection.CLOSE;
    }
    return asked.minorVersion() == 0
        ? HeadWriter.Connection.KEEP_ALIVE
        : HeadWriter.Connection.PERSISTS;
  }

  // ---- heads, and replies of the gateway's own

  @Override
  public void accept(ReplyHead interim) {
    // RFC 9110 section 15.2: an HTTP/1.0 client does not know interim replies
    if (isRouting() && head().minorVersion() > 0) {
      ByteBuf bytes = out.buffer(interim.length());
      HeadWriter.reply(bytes, interim, false, HeadWriter.Connection.PERSISTS, null, null);
      out.write(bytes);
      out.flush();
    }
  }

  @Override
  void writeReply(Reply reply, @Nullable Map<String, Object> fields) {
    ReplyHead replied = reply.head();
    boolean unframed = !replied.isBodiless() && replied.contentLength() < 0;
    boolean chunked = unframed && head().minorVersion() > 0;
    Reply.Tunnel tunnel = reply.tunnel();
    boolean switches = tunnel != null;
    boolean framed = (chunked || !unframed) && !switches;
    fate = fate(head(), reader.isWhole(), framed, connection.isLeaving());
    ByteBuf bytes = out.buffer(replied.length() + 64);
    HeadWriter.Connection told = switches ? HeadWriter.Connection.SWITCHES : fate;
    HeadWriter.reply(bytes, replied, chunked, told, fields, strictTransport());
    out.write(bytes);
    if (isEnded()) {
      reply.body().cancel();
      return;
    }
    writer.begin(chunked);
    source = reply.body();
    if (tunnel != null) {
      out.flush();
      reader.switchTo(tunnel.open(reader));
    }
    if (source != null) {
      source.start(this);
    }
  }

  @Override
  void writeFailure(Failure failure) {
    fate = fate(head(), reader.isWhole(), true, connection.isLeaving());
    writeWhole(failure);
  }

  /** Answers what is no valid HTTP, or will never be whole, and takes nothing more of it. */
  void refuse(Failure failure) {
    if (isEnded()) {
      return; // it has been answered while it was read
    }
    if (isReplying()) {
      connection.cut(); // the reply has begun, so there is no other way to say it
      return;
    }
    turnAway(failure);
    fate = HeadWriter.Connection.CLOSE;
    writeWhole(failure);
  }

  private void writeWhole(Failure failure) {
    ByteBuf bytes = out.buffer(512);
    FailureReply.write(bytes, failure, head(), fate, strictTransport());
    out.write(bytes);
    finish();
  }

  // ---- the body of a reply

  @Override
  public void data(ByteBuf bytes) {
    if (!isReplying()) {
      bytes.release();
      return;
    }
    trace().replyPart(bytes);
    writer.data(bytes);
    pauseIfFull();
  }

  @Override
  public long splice(Socket from, long most) {
    if (!isReplying() || !writer.isPlain()) {
      return 0;
    }
    try {
      long moved = out.splice(from, most);
      if (isReplying()) {
        trace().replyPassed(moved);
        pauseIfFull();
      }
      return moved;
    } catch (IOException e) {
      LOG.debug("A reply breaks off", e);
      connection.cut();
      return 0;
    }
  }

  private void pauseIfFull() {
    if (out.isFull()) {
      out.flush();
      if (out.isFull() && source != null) {
        deadline.awaitTaking();
        source.pause();
      }
    }
  }

  /** The client has taken what waited for it. */
  void writeOn() {
    if (source != null) {
      deadline.never();
      source.resume();
    }
  }

  @Override
  public void pausing() {
    if (hasRequest()) {
      trace().replyPauses();
    }
    out.flush();
  }

  @Override
  public void end(@Nullable String trailers) {
    if (isReplying()) {
      writer.end(trailers);
      finish();
    }
  }

  @Override
  public void abort(Failure failure) {
    trace().failed(failure);
    source = null;
    connection.cut();
  }

  /** A write may find that the client has left, and close the connection. */
  private void finish() {
    if (isEnded()) {
      return;
    }
    source = null;
    endReply();
    if (fate == HeadWriter.Connection.CLOSE) {
      connection.end();
    } else {
      connection.beginNext();
    }
  }

  @Override
  void dropReply() {
    BodySource cancelled = source;
    source = null;
    if (cancelled != null) {
      cancelled.cancel();
    }
  }
}
