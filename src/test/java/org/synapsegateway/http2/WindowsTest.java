// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DecoratingHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.http.HeadLimits;
import org.synapsegateway.net.Loops;
import org.synapsegateway.net.MemoryBudget;
import org.synapsegateway.net.SharedBudget;

/**
 * Compares the windows with Netty's: what happens to both is the same, so what they say must be.
 */
class WindowsTest {
  private static final int MEMORY = 40_000_000;
  private static final int MAX_OPEN = 6;

  /** Writes down what window updates it is to send. */
  private static final class Updates extends DecoratingHttp2FrameWriter {
    private final List<String> written = new ArrayList<>();

    Updates() {
      super(new DefaultHttp2FrameWriter());
    }

    @Override
    public ChannelFuture writeWindowUpdate(
        ChannelHandlerContext ctx, int stream, int bytes, ChannelPromise promise) {
      written.add(bytes + " for " + stream);
      return promise.setSuccess();
    }
  }

  private final Loops loops = new Loops(1);
  private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
  private final ChannelHandlerContext ctx = channel.pipeline().firstContext();
  private final MemoryBudget memory = new MemoryBudget(MEMORY);

  private final Updates updates = new Updates();
  private final Codec codec = codec();
  private final Http2Connection connection = codec.decoder().connection();
  private final Windows windows = codec.windows();
  private final Frames frames = frames();

  private final Updates nettysUpdates = new Updates();
  private final Http2Connection nettysConnection = new DefaultHttp2Connection(true);
  private final Http2LocalFlowController netty = netty();

  /** The open streams. */
  private final Map<Integer, FrameStream> open = new TreeMap<>();

  /** Those whose bodies have ended; Netty rejects what comes for them. */
  private final Set<Integer> whole = new HashSet<>();

  private final Deque<FrameStream> spare = new ArrayDeque<>();
  private int next = 1;

  WindowsTest() throws Http2Exception {
    windows.frameWriter(updates).channelHandlerContext(ctx);
    windows.begin();
    netty.incrementWindowSize(nettysConnection.connectionStream(), Windows.OF_CONNECTION - 65_535);
  }

  private Codec codec() throws Http2Exception {
    return Codec.of(new HeadLimits(1024, 4096), MAX_OPEN, memory);
  }

  private Http2LocalFlowController netty() throws Http2Exception {
    Http2LocalFlowController of = new DefaultHttp2LocalFlowController(nettysConnection);
    of.frameWriter(nettysUpdates);
    of.channelHandlerContext(ctx);
    of.initialWindowSize(Windows.FIRST);
    return of;
  }

  /**
   * Frames whose streams have windows; they are not used for anything else. Their channel is not
   * registered, so that they do not begin: the loop would send what they say on its own thread.
   */
  private Frames frames() throws Http2Exception {
    ConnectionOwner owner =
        new ConnectionOwner() {
          private final SpareHeads heads = new SpareHeads();
          private final SharedBudget replies = new SharedBudget(new MemoryBudget(1));

          @Override
          public StreamOwner begins(FrameStream stream, StreamOwner before) {
            throw new UnsupportedOperationException();
          }

          @Override
          public HeadLimits headLimits() {
            return new HeadLimits(1024, 4096);
          }

          @Override
          public SpareHeads spareHeads() {
            return heads;
          }

          @Override
          public MemoryBudget uploadMemory() {
            return memory;
          }

          @Override
          public SharedBudget.Share headMemory() {
            return replies.of("heads");
          }

          @Override
          public SharedBudget.Share replyMemory() {
            return replies.of(this);
          }

          @Override
          public void heardOfEnd() {
            // nobody says so
          }

          @Override
          public void broken() {
            // never
          }

          @Override
          public void skip(ByteBuf bytes) {
            // nothing comes
          }

          @Override
          public void awaitsRest(boolean whether) {
            // nothing comes
          }
        };
    EmbeddedChannel idle = new EmbeddedChannel(false, false);
    return Frames.add(owner, idle.pipeline(), loops.all().get(0), null, MAX_OPEN);
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
    loops.close();
  }

  // ---- what happens

  private void begin() throws Http2Exception {
    FrameStream begins = spare.isEmpty() ? new FrameStream(frames) : spare.remove();
    begins.begin(next);
    connection.remote().createStream(next, false).setProperty(codec.key(), begins);
    nettysConnection.remote().createStream(next, false);
    open.put(next, begins);
    next += 2;
  }

  /** A frame of data has come; stream 0 stands for one that is not known. */
  private void data(int stream, int size, int padding, boolean last) {
    ByteBuf data = Unpooled.wrappedBuffer(new byte[size]);
    String said =
        said(() -> windows.receiveFlowControlledFrame(known(stream), data, padding, last));
    String nettySaid =
        said(() -> netty.receiveFlowControlledFrame(nettys(stream), data, padding, last));
    assertThat(said).isEqualTo(nettySaid);
    if (!said.isEmpty()) {
      end(stream);
    } else if (last) {
      whole.add(stream);
    }
  }

  private Http2Stream known(int stream) {
    return stream == 0 ? null : connection.stream(stream);
  }

  private Http2Stream nettys(int stream) {
    return stream == 0 ? null : nettysConnection.stream(stream);
  }

  /** What may go wrong. */
  private interface Step {
    void run() throws Http2Exception;
  }

  private static String said(Step step) {
    try {
      step.run();
      return "";
    } catch (Http2Exception e) {
      return e.error() + " of " + Http2Exception.streamId(e);
    }
  }

  private void take(int stream, int bytes) throws Http2Exception {
    boolean told = windows.consumeBytes(known(stream), bytes);
    assertThat(told).isEqualTo(netty.consumeBytes(nettys(stream), bytes));
  }

  private void raise(int stream, long missing) throws Http2Exception {
    Windows.Window window = open.get(stream).window();
    int before = window.size();
    windows.raise(known(stream), window, missing);
    int bytes = window.size() - before;
    if (bytes > 0) {
      netty.incrementWindowSize(nettys(stream), bytes);
      netty.incrementWindowSize(nettysConnection.connectionStream(), bytes);
    }
  }

  private void end(int stream) {
    FrameStream ends = open.remove(stream);
    int raised = ends.window().size() - Windows.FIRST;
    Http2Stream known = known(stream);
    Http2Stream nettys = nettys(stream);
    known.close();
    windows.closed(ends.window());
    if (raised > 0) {
      said(() -> netty.incrementWindowSize(nettysConnection.connectionStream(), -raised));
    }
    nettys.close();
    assertThat(windows.consumeBytes(known, 100)).isFalse();
    spare.add(ends);
  }

  private void compare() {
    assertThat(updates.written).isEqualTo(nettysUpdates.written);
    updates.written.clear();
    nettysUpdates.written.clear();
    compare(connection.connectionStream(), nettysConnection.connectionStream());
    for (int stream : open.keySet()) {
      compare(known(stream), nettys(stream));
    }
    int raised =
        open.values().stream().mapToInt(each -> each.window().size() - Windows.FIRST).sum();
    assertThat(memory.taken()).isEqualTo(raised);
    assertThat(raised).isLessThanOrEqualTo(Windows.AHEAD);
  }

  private void compare(Http2Stream stream, Http2Stream nettys) {
    assertThat(windows.windowSize(stream)).isEqualTo(netty.windowSize(nettys));
    assertThat(windows.unconsumedBytes(stream)).isEqualTo(netty.unconsumedBytes(nettys));
    assertThat(windows.initialWindowSize(stream)).isEqualTo(netty.initialWindowSize(nettys));
  }

  private boolean isUsedUp(int bytes) {
    return windows.windowSize(connection.connectionStream()) < bytes;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void theyDoWhatNettysDo(int seed) throws Http2Exception {
    Random random = new Random(seed);
    for (int step = 0; step < 5_000; step++) {
      step(random);
      compare();
    }
    for (int stream : List.copyOf(open.keySet())) {
      end(stream);
    }
    compare();
    assertThat(windows.unconsumedBytes(connection.connectionStream())).isZero();
    assertThat(windows.windowSize(connection.connectionStream()))
        .isGreaterThan(Windows.OF_CONNECTION / 2);
  }

  private void step(Random random) throws Http2Exception {
    if (open.size() < 2 || (open.size() < MAX_OPEN && random.nextInt(8) == 0)) {
      begin();
      return;
    }
    List<Integer> streams = List.copyOf(open.keySet());
    int stream = streams.get(random.nextInt(streams.size()));
    int kind = random.nextInt(16);
    if (kind < 8) {
      int size = random.nextInt(16_385);
      int padding = random.nextInt(4) == 0 ? random.nextInt(256) : 0;
      if (!isUsedUp(size + padding)) {
        boolean known = random.nextInt(8) > 0;
        boolean last = random.nextInt(32) == 0;
        data(known && !whole.contains(stream) ? stream : 0, size, padding, last);
      }
    } else if (kind < 13) {
      int waits = windows.unconsumedBytes(known(stream));
      take(stream, random.nextBoolean() ? waits : random.nextInt(waits + 1));
    } else if (kind < 15) {
      raise(stream, random.nextBoolean() ? Long.MAX_VALUE : random.nextInt(1_000_000));
    } else if (random.nextInt(4) == 0) {
      end(stream);
    }
  }

  @Test
  void moreThanTheWindowOfTheConnectionEndsIt() throws Http2Exception {
    for (int i = 0; i < Windows.OF_CONNECTION / Windows.FIRST; i++) {
      begin();
      data(next - 2, Windows.FIRST, 0, false);
      compare();
    }
    String said =
        said(() -> windows.receiveFlowControlledFrame(null, Unpooled.EMPTY_BUFFER, 1, false));
    assertThat(said).isEqualTo("FLOW_CONTROL_ERROR of 0");
  }
}
