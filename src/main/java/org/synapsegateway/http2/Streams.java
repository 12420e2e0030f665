// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.net.Turns;

/**
 * The streams of one connection. Passes to each stream what Netty has read for it, and notifies it
 * when it is closed. Confined to one event loop.
 */
final class Streams extends Http2FrameAdapter implements Sections {
  /** The number of reset streams that are remembered, because frames for them may still arrive. */
  private static final int MAX_RESETS = 64;

  /** How many ended streams are kept for later requests: few, as most connections are idle. */
  private static final int MAX_SPARE = 8;

  private final Frames frames;
  private final ConnectionOwner owner;
  private final Turns turns;
  private final Http2Connection connection;
  private final Http2Connection.PropertyKey key;
  private final RequestSection request = new RequestSection();
  private final TrailerSection trailer = new TrailerSection();

  /** The streams that have received a part of a body. */
  private final List<FrameStream> reading = new ArrayList<>();

  /** Streams that have ended, and whose objects later ones use again. */
  private final Deque<FrameStream> spare = new ArrayDeque<>(2);

  /** The streams that the gateway has reset, which the client may not know yet. */
  private final int[] resets = new int[MAX_RESETS];

  private int lastReset;

  private final StreamIds opened = new StreamIds();

  /** The request whose head is being read; null if none is. */
  private @Nullable FrameStream next;

  private final int maxStreams;

  Streams(
      Frames frames,
      Http2Connection.PropertyKey key,
      ConnectionOwner owner,
      Turns turns,
      int maxStreams) {
    this.maxStreams = maxStreams;
    this.frames = frames;
    this.owner = owner;
    this.turns = turns;
    this.connection = frames.connection();
    this.key = key;
  }

  private @Nullable FrameStream of(Http2Stream stream) {
    return stream.getProperty(key);
  }

  // ---- input

  /** The reader of the section that has come on a stream. */
  @Override
  public Section of(int id) throws Http2Exception {
    boolean mayBeOld = connection.streamMayHaveExisted(id);
    if (mayBeOld && (connection.stream(id) != null || wasReset(id))) {
      trailer.begin();
      return trailer;
    }
    if (mayBeOld) {
      throw opened.wasOpened(id)
          ? Http2Exception.connectionError(
              Http2Error.STREAM_CLOSED, "fields on stream %d, which has ended", id)
          : Http2Exception.connectionError(
              Http2Error.PROTOCOL_ERROR, "stream %d is opened after later ones", id);
    }
    opened.open(id);
    next = begun(id);
    request.begin(next.head(), owner.headLimits());
    return request;
  }

  private FrameStream begun(int id) {
    FrameStream stream = spare.pollLast();
    if (stream == null) {
      stream = new FrameStream(frames);
    }
    stream.begin(id);
    return stream;
  }

  /** A stream has ended cleanly. */
  void giveBack(FrameStream ended) {
    if (spare.size() < MAX_SPARE) {
      spare.addLast(ended);
    }
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int id,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean last) {
    turns.charge(Turns.MESSAGE);
    Http2Stream stream = connection.stream(id);
    FrameStream known = of(stream);
    if (known != null) {
      known.trailers(trailer);
      return;
    }
    FrameStream begins = Objects.requireNonNull(next); // its section has begun
    next = null;
    turns.charge((long) begins.head().bytes().length * Turns.BYTE_OF_HEAD);
    if (connection.remote().numActiveStreams() > maxStreams) {
      frames.reset(id, Http2Error.REFUSED_STREAM);
      frames.pay(Credit.RESET);
      return;
    }
    if (connection.remote().numActiveStreams() > 1) {
      frames.beginsBesideOthers();
    }
    begins.ownedBy(owner);
    stream.setProperty(key, begins);
    begins.read(stream, request, last);
  }

  /** Netty has just applied the limit that was announced to the client. */
  @Override
  public void onSettingsAckRead(ChannelHandlerContext ctx) throws Http2Exception {
    Codec.letStreamsBe(connection);
  }

  @Override
  public void onPingAckRead(ChannelHandlerContext ctx, long data) {
    owner.heardOfEnd(); // there are no other pings
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean last) {
    FrameStream stream = Objects.requireNonNull(of(connection.stream(id))); // none is ignored
    if (reading.isEmpty() || reading.get(reading.size() - 1) != stream) {
      reading.add(stream);
    }
    stream.data(data, data.readableBytes() + padding, last);
    return 0; // the sink gives it back
  }

  /** This turn has read all that it may. */
  void pausing() {
    for (int i = 0; i < reading.size(); i++) {
      reading.get(i).pausing();
    }
    reading.clear();
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int id, long why) {
    FrameStream reset = of(connection.stream(id));
    if (reset != null && !reset.isAnswered()) {
      frames.pay(Credit.RESET); // the worker's work on the request was wasted
    }
  }

  // ---- the end of streams

  /** Hears that streams are closed. */
  Http2Connection.Listener closing() {
    return new Http2ConnectionAdapter() {
      @Override
      public void onStreamClosed(Http2Stream closed) {
        FrameStream stream = of(closed);
        if (stream != null) {
          stream.gone();
        }
      }
    };
  }

  /** The gateway resets a stream. */
  void isReset(int id) {
    resets[lastReset] = id;
    lastReset = (lastReset + 1) % MAX_RESETS;
  }

  /** Whether the gateway has reset a stream, not long ago. */
  boolean wasReset(int id) {
    for (int each : resets) {
      if (each == id) {
        return true;
      }
    }
    return false;
  }
}
