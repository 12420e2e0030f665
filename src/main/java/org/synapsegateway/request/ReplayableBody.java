// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.NoBody;

/**
 * The body of a request that may have to be sent to a second worker: keeps a copy of what has
 * passed while it is small, and a later start plays the copy, at the pace of the sink, before it
 * goes on with what is still to come.
 *
 * <p>The copy is dropped when the body grows too large or will not be started again. Confined to
 * one event loop.
 */
final class ReplayableBody extends RequestBody implements BodySink {
  private final BodySource source;

  private @Nullable BodySink sink;
  private boolean started;

  /** Whether the bytes were given whole, and count in no budget. */
  private boolean given;

  private boolean whole = true;
  private boolean ended;
  private @Nullable String trailers;
  private @Nullable Failure broken;

  private final BodyCopy copy = new BodyCopy();

  /** How many bytes of the copy the sink has; of interest while the copy is played. */
  private int played;

  private boolean playing;
  private boolean paused;

  /** How often the copy has been played, by which one playing knows that another has begun. */
  private int plays;

  /** Others that want the whole body; null if there are none. */
  private @Nullable List<Consumer<byte[]>> takers;

  ReplayableBody(BodySource source) {
    this.source = source;
  }

  /** A body of these bytes, which can be started any number of times. */
  ReplayableBody(byte[] bytes) {
    this.source = NoBody.INSTANCE;
    this.started = true;
    this.ended = true;
    this.given = true;
    this.copy.of(bytes);
  }

  @Override
  boolean is(byte[] bytes) {
    return given && copy.is(bytes);
  }

  @Override
  void share(ReplayBudget memory, Consumer<byte[]> taker) {
    keep(memory);
    if (!whole || ended) {
      taker.accept(whole ? copy.bytes() : null);
      return;
    }
    if (takers == null) {
      takers = new ArrayList<>(1);
    }
    takers.add(taker);
  }

  @Override
  boolean lacksMemory() {
    return copy.wasRefused();
  }

  @Override
  boolean isUnread() {
    return !started;
  }

  @Override
  void pull() {
    if (!started) {
      started = true;
      source.start(this);
    } else if (sink == null && !ended && broken == null) {
      source.resume();
    }
  }

  private void give(byte @Nullable [] bytes) {
    List<Consumer<byte[]>> waiting = takers;
    takers = null;
    if (waiting != null) {
      waiting.forEach(taker -> taker.accept(bytes));
    }
  }

  @Override
  public boolean isFollowed() {
    return source.isFollowed();
  }

  @Override
  public void keep(ReplayBudget from) {
    if (!started) {
      copy.keepIn(from);
    }
  }

  @Override
  public boolean canStart() {
    return whole;
  }

  @Override
  boolean isTaken() {
    return sink != null && (playing || !ended);
  }

  /**
   * Begins to deliver the body, and again after {@link #detach}; if the copy is not whole, the sink
   * is told to abort.
   */
  @Override
  public void start(BodySink to) {
    if (!whole) {
      to.abort(broken == null ? Failure.WORKER_CLOSED : broken);
      return;
    }
    sink = to;
    if (started) {
      playing = true;
      paused = false;
      played = 0;
      play();
    } else {
      started = true;
      source.start(this);
    }
  }

  /** Plays the copy until the sink asks for a pause. */
  private void play() {
    int play = ++plays;
    BodySink to = sink;
    while (to != null && playing && !paused && played < copy.length()) {
      ByteBuf next = copy.from(played);
      played += next.readableBytes();
      to.data(next);
      if (play != plays) {
        return; // it was started again, for another worker
      }
    }
    if (to != null && playing && played == copy.length()) {
      endPlay(to);
    }
  }

  private void endPlay(BodySink to) {
    playing = false;
    if (!whole) {
      copy.release();
    }
    if (ended) {
      to.end(trailers);
    } else {
      if (!paused) {
        source.resume();
      }
      to.pausing();
    }
  }

  @Override
  public void detach() {
    sink = null;
    stopPlaying();
    if (started && !ended && broken == null) {
      source.pause();
    }
  }

  private void stopPlaying() {
    playing = false;
    if (!whole) {
      copy.release();
    }
  }

  @Override
  public void forget() {
    if (given) {
      return;
    }
    // what is empty is at hand for ever
    if (started && !(ended && copy.length() == 0)) {
      whole = false;
      give(null);
    }
    if (!playing) {
      copy.release();
    }
  }

  @Override
  public void drop() {
    sink = null;
    whole = false;
    give(null);
    stopPlaying();
  }

  @Override
  public void pause() {
    paused = true;
    if (!playing) {
      source.pause();
    }
  }

  @Override
  public void resume() {
    paused = false;
    if (playing) {
      play();
    } else {
      source.resume();
    }
  }

  @Override
  public void cancel() {
    drop();
    source.cancel();
  }

  // ---- what passes from the source to the sink of the moment

  @Override
  public void data(ByteBuf bytes) {
    int start = bytes.readerIndex();
    boolean kept = (whole || playing) && copy.add(bytes);
    bytes.readerIndex(start);
    if (!kept && !playing) {
      forget();
    }
    if (sink != null && !playing) {
      sink.data(bytes);
      return;
    }
    bytes.release();
    if (!kept && playing) {
      breakOff(Failure.WORKER_CLOSED);
    }
  }

  @Override
  public long splice(Socket from, long most) {
    return sink != null && !whole && !playing ? sink.splice(from, most) : 0;
  }

  @Override
  public void pausing() {
    if (sink != null && !playing) {
      sink.pausing();
    }
  }

  @Override
  public void end(@Nullable String fields) {
    ended = true;
    trailers = fields;
    if (takers != null) {
      give(whole ? copy.bytes() : null);
    }
    if (sink != null && !playing) {
      sink.end(fields);
    }
  }

  @Override
  public void abort(Failure failure) {
    broken = failure;
    breakOff(failure);
  }

  /** Neither this sink nor another one will get the body whole. */
  private void breakOff(Failure failure) {
    BodySink to = sink;
    drop();
    if (to != null) {
      to.abort(failure);
    }
  }
}
