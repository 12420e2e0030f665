package org.synapsegateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.synapsegateway.net.MemoryBudget;

/**
 * The body of a request that may have to be sent to a second worker: keeps a copy of what has
 * passed while it is small, and a later start plays the copy before it goes on with what is still
 * to come.
 *
 * <p>The copy is on the heap, so that it pins none of the buffers that are read into, and is
 * dropped when the body grows too large or nobody will start it again. Confined to one event loop.
 */
public final class ReplayableBody implements BodySource {
  private static final ReplayMemory NONE = new ReplayMemory(0, new MemoryBudget(0));
  private static final int FIRST_SIZE = 1024;
  private static final byte[] NOTHING = {};

  private final BodySource source;
  private final Passage passage = new Passage();

  private ReplayMemory memory = NONE;
  private BodySink sink;
  private boolean started;
  private boolean whole = true;
  private byte[] copy = NOTHING;
  private int length;
  private boolean ended;
  private String trailers;
  private Failure broken;

  ReplayableBody(BodySource source) {
    this.source = source;
  }

  /** Keeps a copy, as far as there is memory; does nothing once the body has been started. */
  public void keep(ReplayMemory from) {
    if (!started) {
      memory = from;
    }
  }

  /** Whether a start would deliver the body from its first byte on. */
  public boolean canStart() {
    return whole;
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
      replay(to);
    } else {
      started = true;
      source.start(passage);
    }
  }

  private void replay(BodySink to) {
    // whoever took the body before may have asked for a pause; this one has not
    source.resume();
    if (length > 0) {
      to.data(Unpooled.wrappedBuffer(copy, 0, length));
    }
    if (sink == to) {
      if (ended) {
        to.end(trailers);
      } else {
        to.pausing();
      }
    }
  }

  /**
   * Takes the body away from its sink, which hears no more of it, until the next start. What has
   * been read already still joins the copy.
   */
  public void detach() {
    sink = null;
    if (started && !ended && broken == null) {
      source.pause();
    }
  }

  /** Drops the copy: nobody will start the body again. What is still to come passes on. */
  public void forget() {
    if (started) {
      whole = false;
    }
    memory.budget().giveBack(length);
    memory = NONE;
    copy = NOTHING;
    length = 0;
  }

  @Override
  public void pause() {
    source.pause();
  }

  @Override
  public void resume() {
    source.resume();
  }

  @Override
  public void cancel() {
    sink = null;
    forget();
    source.cancel();
  }

  private void record(ByteBuf bytes) {
    int more = bytes.readableBytes();
    boolean fits = whole && length + more <= memory.mostOfOne();
    if (!fits || !memory.budget().take(more)) {
      forget();
      return;
    }
    if (length + more > copy.length) {
      copy = Arrays.copyOf(copy, Math.max(length + more, Math.max(FIRST_SIZE, copy.length * 2)));
    }
    bytes.getBytes(bytes.readerIndex(), copy, length, more);
    length += more;
  }

  /** What passes from the source to the sink of the moment. */
  private final class Passage implements BodySink {
    @Override
    public void data(ByteBuf bytes) {
      record(bytes);
      if (sink == null) {
        bytes.release();
      } else {
        sink.data(bytes);
      }
    }

    @Override
    public void pausing() {
      if (sink != null) {
        sink.pausing();
      }
    }

    @Override
    public void end(String fields) {
      ended = true;
      trailers = fields;
      if (sink != null) {
        sink.end(fields);
      }
    }

    @Override
    public void abort(Failure failure) {
      broken = failure;
      forget();
      if (sink != null) {
        sink.abort(failure);
      }
    }
  }
}
