// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.Failure;
import org.synapsegateway.net.Turns;

/**
 * A body that is compressed as it passes by (gzip, RFC 1952), in pieces with a turn for other
 * connections between them. While a piece waits for its turn, no more of the body is read. Confined
 * to one event loop.
 */
final class PackedBody implements BodySource, BodySink {
  /** The cost of compressing a byte, in bytes moved. */
  private static final int COST = 64;

  /** No time, no name; compressed fast, on whatever system. */
  private static final byte[] HEAD = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 4, (byte) 0xff};

  /** Checksum and size. */
  private static final int END = 8;

  private final BodySource body;
  private final boolean flushes;
  private final Deflaters deflaters;
  private final Turns turns;
  private final CRC32 check = new CRC32();
  private final Deque<ByteBuf> waiting = new ArrayDeque<>();

  /** Null once the last byte has been compressed, or the body is not wanted any more. */
  private @Nullable FastDeflater deflater;

  @SuppressWarnings("NullAway.Init") // start() sets it, before anything comes
  private BodySink sink;

  /** Whether all of the body has come. */
  private boolean whole;

  private @Nullable String trailers;
  private boolean paused;
  private boolean awaitsTurn;
  private boolean begun;

  /**
   * @param flushes whether each part is sent at once, because the next may come late
   * @param deflater one of {@code deflaters}, to which it is returned
   */
  PackedBody(
      BodySource body, boolean flushes, FastDeflater deflater, Deflaters deflaters, Turns turns) {
    this.body = body;
    this.flushes = flushes;
    this.deflater = deflater;
    this.deflaters = deflaters;
    this.turns = turns;
  }

  // ---- as its taker sees it

  @Override
  public boolean canStart() {
    return body.canStart();
  }

  @Override
  public void start(BodySink taker) {
    sink = taker;
    body.start(this);
  }

  @Override
  public void pause() {
    paused = true;
    pauseBody();
  }

  @Override
  public void resume() {
    paused = false;
    goOn();
  }

  @Override
  public void cancel() {
    drop();
    if (!whole) {
      body.cancel();
    }
  }

  // ---- as the body sees it

  @Override
  public void data(ByteBuf bytes) {
    if (deflater == null || !bytes.isReadable()) {
      bytes.release();
      return;
    }
    waiting.add(bytes);
    if (!paused && !awaitsTurn) {
      pack(deflater);
    }
  }

  @Override
  public void pausing() {
    if (flushes && waiting.isEmpty()) {
      flush();
    }
    if (deflater != null) {
      sink.pausing();
    }
  }

  @Override
  public void end(@Nullable String last) {
    whole = true;
    trailers = last;
    if (!paused && !awaitsTurn) {
      goOn();
    }
  }

  @Override
  public void abort(Failure failure) {
    whole = true;
    boolean wanted = deflater != null;
    drop();
    if (wanted) {
      sink.abort(failure);
    }
  }

  // ---- one piece after the other

  private void pack(FastDeflater now) {
    ByteBuf first = waiting.element();
    int size = Math.min(now.room(), first.readableBytes());
    check.update(first.nioBuffer(first.readerIndex(), size));
    now.add(first, size);
    if (!first.isReadable()) {
      waiting.remove().release();
    }
    turns.charge((long) size * COST);
    if (now.room() == 0) {
      sink.data(compressed(now, false));
    }
    goOn();
  }

  private void goOn() {
    FastDeflater now = deflater;
    if (now == null || paused) {
      return;
    }
    if (!waiting.isEmpty()) {
      pauseBody();
      awaitTurn();
    } else if (whole) {
      finish(now);
    } else {
      body.resume();
    }
  }

  private void pauseBody() {
    if (!whole) {
      body.pause();
    }
  }

  private void awaitTurn() {
    if (!awaitsTurn) {
      awaitsTurn = true;
      turns.await(Turns.Rank.BODY, this::haveTurn);
    }
  }

  private void haveTurn() {
    awaitsTurn = false;
    FastDeflater now = deflater;
    if (now == null || paused) {
      return;
    }
    if (waiting.isEmpty()) {
      goOn();
    } else {
      pack(now);
    }
    if (deflater != null) {
      pausing();
    }
  }

  private void flush() {
    if (deflater != null && !deflater.isEmpty()) {
      sink.data(compressed(deflater, false));
    }
  }

  private void finish(FastDeflater now) {
    ByteBuf last = compressed(now, true);
    last.writeIntLE((int) check.getValue()).writeIntLE(now.total());
    giveBack(now);
    sink.data(last);
    sink.end(trailers);
  }

  /** The compressed block, with room for the end. */
  private ByteBuf compressed(FastDeflater now, boolean last) {
    int size = now.compress(last) + HEAD.length + END;
    ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(size, size);
    if (!begun) {
      begun = true;
      out.writeBytes(HEAD);
    }
    now.moveTo(out);
    return out;
  }

  private void drop() {
    if (deflater != null) {
      giveBack(deflater);
    }
    while (!waiting.isEmpty()) {
      waiting.remove().release();
    }
  }

  private void giveBack(FastDeflater used) {
    deflater = null;
    deflaters.giveBack(used);
  }
}
