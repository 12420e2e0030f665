// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.accesslog;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.Redaction;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.PerLoop;
import org.synapsegateway.request.Destination;
import org.synapsegateway.request.Destinations;
import org.synapsegateway.request.RequestRecord;
import org.synapsegateway.request.Trace;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/**
 * Writes a line for each request that has ended, on a thread of its own.
 *
 * <p>An event loop only packs what the line will say into a page, which goes to that thread when it
 * is full or {@value #DELAY_MILLIS} ms old. A loop has {@value #PAGES} pages. If all of them wait
 * to be written, or the lines cannot be, lines are lost and counted; no request waits for the log.
 * Safe for any thread.
 */
public final class AccessLog implements Trace.Observer, AutoCloseable {
  /** Takes the lines, as many as there are in a page at once. */
  public static final String LOGGER = "access";

  private static final int PAGES = 4;
  private static final int PAGE_BYTES = 256 * 1024;
  private static final long DELAY_MILLIS = 200;

  private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);

  private final AccessFormat format;
  private final Predicate<String> lines;
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(new DefaultThreadFactory("access-log", true));
  private final LongAdder dropped = new LongAdder();
  private final AccessEntry entry = new AccessEntry();
  private final PerLoop<LoopBuffer> buffers = new PerLoop<>(LoopBuffer::new);

  /**
   * @param lines writes whole lines, less the last one's end; returns whether they are written
   */
  AccessLog(AccessFormat format, Predicate<String> lines) {
    this.format = format;
    this.lines = lines;
  }

  /**
   * The log in the form that settings ask for, which is not off.
   *
   * @param lines writes whole lines, less the last one's end; returns whether they are written
   */
  public static AccessLog of(
      Settings settings, Destinations destinations, Predicate<String> lines) {
    Redaction redaction = new Redaction(settings.text(Setting.ACCESS_LOG_SECRET));
    String format = settings.text(Setting.ACCESS_LOG);
    return new AccessLog(AccessFormat.of(format, redaction, destinations.all()), lines);
  }

  @Override
  public void sent(RequestRecord record, @Nullable Destination before) {
    // a request is logged at its end
  }

  @Override
  public void ended(RequestRecord record, RequestHead head, Client client) {
    buffers.of(record.loop()).add(record, head, client);
  }

  /** How many lines were lost. */
  public long dropped() {
    return dropped.sum();
  }

  /** Does something between two writes, on the thread that writes; nothing after {@link #close}. */
  public void betweenWrites(Runnable action) {
    try {
      writer.execute(action);
    } catch (RejectedExecutionException e) {
      LOG.debug("The access log is closed", e);
    }
  }

  /** Writes what there is; the event loops must have ended. */
  @Override
  public void close() {
    buffers.all().forEach(LoopBuffer::handOver);
    writer.shutdown();
    try {
      if (!writer.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("The last lines of the access log could not be written in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Where one event loop packs entries. Confined to the loop. */
  private final class LoopBuffer {
    private final Loop loop;
    private final BlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(PAGES);
    private @Nullable ByteBuffer page;
    private int pageNumber;

    LoopBuffer(Loop loop) {
      this.loop = loop;
      for (int i = 0; i < PAGES; i++) {
        free.add(ByteBuffer.allocate(PAGE_BYTES));
      }
    }

    void add(RequestRecord record, RequestHead head, Client client) {
      if (page != null && page.remaining() < AccessEntry.MAX_BYTES) {
        handOver();
      }
      ByteBuffer to = page == null ? begin() : page;
      if (to == null) {
        dropped.increment();
        return;
      }
      AccessEntry.pack(to, record, head, client);
    }

    /** Begins a page; null if none is free. */
    private @Nullable ByteBuffer begin() {
      ByteBuffer next = free.poll();
      page = next;
      if (next == null) {
        return null;
      }
      int begun = ++pageNumber;
      if (!loop.eventLoop().isShuttingDown()) {
        loop.eventLoop().schedule(() -> handOverIf(begun), DELAY_MILLIS, TimeUnit.MILLISECONDS);
      }
      return next;
    }

    private void handOverIf(int begun) {
      if (pageNumber == begun) {
        handOver();
      }
    }

    void handOver() {
      ByteBuffer full = page;
      page = null;
      if (full != null) {
        writer.execute(() -> write(full.flip(), free));
      }
    }
  }

  private void write(ByteBuffer page, BlockingQueue<ByteBuffer> free) {
    try {
      StringBuilder text = new StringBuilder(page.remaining() * 2);
      long now = System.currentTimeMillis();
      long nanoTime = System.nanoTime();
      int count = 0;
      for (; page.hasRemaining(); count++) {
        entry.unpack(page);
        long age = TimeUnit.NANOSECONDS.toMillis(nanoTime - entry.endedAt);
        format.line(text, entry, now - age);
      }
      text.setLength(Math.max(0, text.length() - 1));
      if (!lines.test(text.toString())) {
        dropped.add(count);
      }
    } catch (RuntimeException e) {
      LOG.error("A part of the access log could not be written", e);
    } finally {
      free.add(page.clear());
    }
  }
}
