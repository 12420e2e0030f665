package org.synapsegateway.request;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.NoBody;
import org.synapsegateway.net.MemoryBudget;

/**
 * The body of a request that may have to be sent to a second worker: keeps a copy of what has
 * passed while it is small, and a later start plays the copy, at the pace of who takes it, before
 * it goes on with what is still to come.
 *
 * <p>The copy is on the heap, so that it pins none of the buffers that are read into, and is
 * dropped when the body grows too large or nobody will start it again. It is in pieces, each as
 * large as those before it up to {@value #MAX_PIECE} bytes, so that no byte is copied twice and at
 * most half of the memory is empty. Confined to one event loop.
 */
final class ReplayableBody extends RequestBody implements BodySink {
  private static final ReplayMemory NONE = new ReplayMemory(0, new MemoryBudget(0));
  private static final int MIN_PIECE = 64;
  private static final int MAX_PIECE = 64 * 1024;

  private final BodySource source;

  private ReplayMemory memory = NONE;
  private BodySink sink;
  private boolean started;

  /** Whether the bytes were there from the beginning, and are nobody's memory to give back. */
  private boolean given;

  private boolean whole = true;
  private boolean ended;
  private String trailers;
  private Failure broken;

  private final List<byte[]> pieces = new ArrayList<>(0);
  private int reserved;
  private int length;

  /** How many bytes of the copy the sink has; of interest while the copy is played. */
  private int played;

  private boolean playing;
  private boolean paused;

  /** How often the copy has been played, by which one playing knows that another has begun. */
  private int plays;

  /** Who wants the whole body as well; null if nobody does. */
  private List<Consumer<byte[]>> takers;

  ReplayableBody(BodySource source) {
    this.source = source;
  }

  /** A body of these bytes, which may be started as often as one likes. */
  ReplayableBody(byte[] bytes) {
    this.source = NoBody.INSTANCE;
    this.started = true;
    this.ended = true;
    this.given = true;
    this.length = bytes.length;
    this.pieces.add(bytes);
  }

  @Override
  @SuppressWarnings("ReferenceEquality")
  boolean is(byte[] bytes) {
    return given && !pieces.isEmpty() && pieces.get(0) == bytes;
  }

  @Override
  void share(ReplayMemory memory, Consumer<byte[]> taker) {
    keep(memory);
    if (!whole || ended) {
      taker.accept(whole ? bytes() : null);
      return;
    }
    if (takers == null) {
      takers = new ArrayList<>(1);
    }
    takers.add(taker);
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

  private byte[] bytes() {
    byte[] bytes = new byte[length];
    int at = 0;
    for (byte[] piece : pieces) {
      int part = Math.min(piece.length, length - at);
      System.arraycopy(piece, 0, bytes, at, part);
      at += part;
    }
    return bytes;
  }

  private void give(byte[] bytes) {
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
  public void keep(ReplayMemory from) {
    if (!started) {
      memory = from;
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
    while (playing && !paused && played < length) {
      ByteBuf next = next();
      played += next.readableBytes();
      sink.data(next);
      if (play != plays) {
        return; // it was started again, for another worker
      }
    }
    if (playing && played == length) {
      endPlay();
    }
  }

  private ByteBuf next() {
    int start = 0;
    for (byte[] piece : pieces) {
      if (played < start + piece.length) {
        int from = played - start;
        return Unpooled.wrappedBuffer(piece, from, Math.min(piece.length, length - start) - from);
      }
      start += piece.length;
    }
    throw new IllegalStateException("the copy has " + length + " bytes, and not byte " + played);
  }

  private void endPlay() {
    playing = false;
    if (!whole) {
      release();
    }
    if (ended) {
      sink.end(trailers);
    } else {
      if (!paused) {
        source.resume();
      }
      sink.pausing();
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
      release();
    }
  }

  @Override
  public void forget() {
    if (given) {
      return;
    }
    // what is empty is at hand for ever
    if (started && !(ended && length == 0)) {
      whole = false;
      give(null);
    }
    if (!playing) {
      release();
    }
  }

  @Override
  public void drop() {
    sink = null;
    whole = false;
    give(null);
    stopPlaying();
  }

  private void release() {
    memory.budget().giveBack(reserved);
    memory = NONE;
    pieces.clear();
    reserved = 0;
    length = 0;
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

  /** Adds to the copy; returns whether that has all that has passed. */
  private boolean record(ByteBuf bytes) {
    if (!whole && !playing) {
      return false;
    }
    while (bytes.isReadable()) {
      int room = room(bytes.readableBytes());
      if (room == 0) {
        return false;
      }
      byte[] last = pieces.get(pieces.size() - 1);
      int more = Math.min(room, bytes.readableBytes());
      bytes.readBytes(last, last.length - room, more);
      length += more;
    }
    return true;
  }

  /**
   * How much of the last piece is empty, which is a new one if need be; 0 if there is no memory.
   *
   * @param come how much is to be put there
   */
  private int room(int come) {
    if (reserved == length) {
      int wanted = Math.min(Math.max(Math.max(length, come), MIN_PIECE), MAX_PIECE);
      int size = Math.min(wanted, memory.maxOfOne() - length);
      if (size <= 0 || !memory.budget().take(size)) {
        return 0;
      }
      pieces.add(new byte[size]);
      reserved += size;
    }
    return reserved - length;
  }

  // ---- what passes from the source to the sink of the moment

  @Override
  public void data(ByteBuf bytes) {
    int start = bytes.readerIndex();
    boolean kept = record(bytes);
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
  public void pausing() {
    if (sink != null && !playing) {
      sink.pausing();
    }
  }

  @Override
  public void end(String fields) {
    ended = true;
    trailers = fields;
    if (takers != null) {
      give(whole ? bytes() : null);
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
