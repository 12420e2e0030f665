// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InletTest {
  private static final int HIGH = 1_000;
  private static final int MAX_UNREAD = 100;

  private final Backlog backlog = new Backlog(HIGH);
  private final SharedBudget replies = new SharedBudget(new MemoryBudget(HIGH));
  private final Loop loop = new Loop(new DefaultEventLoop(), 0, backlog, replies);
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final Reader reader = new Reader();
  private final Inlet inlet = new Inlet(channel, loop, reader);

  @AfterEach
  void close() throws Exception {
    on(
        () -> {
          inlet.close();
          return null;
        });
    loop.eventLoop().shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    channel.close();
  }

  private <T> T on(Callable<T> task) throws Exception {
    return loop.eventLoop().submit(task).get(10, TimeUnit.SECONDS);
  }

  private static final class Reader implements Inlet.Reader {
    private int overflows;
    private int turnsEnded;
    private volatile boolean wants;
    private int takes = Integer.MAX_VALUE;
    private int taken;
    private Runnable whenRead = () -> {};
    private Consumer<ByteBuf> whenReading = in -> {};

    @Override
    public boolean readOn(ByteBuf in) {
      int some = wants ? Math.min(takes, in.readableBytes()) : 0;
      in.skipBytes(some);
      taken += some;
      whenReading.accept(in);
      whenRead.run();
      return wants;
    }

    @Override
    public Turns.Rank rank(ByteBuf rest, boolean hadShare) {
      return Turns.Rank.MUCH;
    }

    @Override
    public void turnEnds() {
      turnsEnded++;
    }

    @Override
    public int maxUnread() {
      return MAX_UNREAD;
    }

    @Override
    public void overflows() {
      overflows++;
    }
  }

  private static ByteBuf bytes(int size) {
    return Unpooled.directBuffer(size).writeZero(size);
  }

  /** What comes though nobody reads, as it does behind the end of the peer's output. */
  private Long overflowsAndBacklog(int others, int before, int more) throws Exception {
    return on(
        () -> {
          backlog.add(others);
          inlet.pause();
          inlet.read(bytes(before));
          ByteBuf next = bytes(more);
          inlet.read(next);
          assertThat(next.refCnt()).isZero();
          return backlog.bytes() - others;
        });
  }

  @Test
  void littleIsReadWhileTheRestIsSpliced() throws Exception {
    assertThat(
            on(
                () -> {
                  inlet.maySplice(loop);
                  List<Integer> sizes = new ArrayList<>();
                  sizes.add(readSize());
                  inlet.splices(true);
                  sizes.add(readSize());
                  inlet.splices(false);
                  sizes.add(readSize());
                  return sizes;
                }))
        .containsExactly(LoopReadBuffer.SIZE, LoopReadBuffer.LITTLE, LoopReadBuffer.SIZE);
  }

  @Test
  void littleIsReadWhileManyRepliesWait() throws Exception {
    assertThat(replies.of("one").take(HIGH / 4)).isTrue();
    assertThat(on(this::readSize)).isEqualTo(LoopReadBuffer.SIZE);
    assertThat(replies.of("one").take(1)).isTrue();
    assertThat(on(this::readSize)).isEqualTo(LoopReadBuffer.SOME);
  }

  private int readSize() {
    ByteBuf next = channel.unsafe().recvBufAllocHandle().allocate(channel.alloc());
    try {
      return next.writableBytes();
    } finally {
      next.release();
    }
  }

  @Test
  void whatComesThoughNobodyReadsIsKeptWhileLittleWaits() throws Exception {
    assertThat(overflowsAndBacklog(0, MAX_UNREAD + 1, 500)).isEqualTo(MAX_UNREAD + 501);
    assertThat(reader.overflows).isZero();
  }

  /**
   * Netty may have queued one read before reading was switched off, so the peer is not to blame.
   */
  @Test
  void oneReadThatWasQueuedIsKeptWhileMuchWaits() throws Exception {
    assertThat(overflowsAndBacklog(HIGH, MAX_UNREAD + 1, 500)).isEqualTo(MAX_UNREAD + 501);
    assertThat(reader.overflows).isZero();
  }

  @Test
  void whatComesBehindThatIsNot() throws Exception {
    overflowsAndBacklog(HIGH, MAX_UNREAD + 1, 500);
    long waiting =
        on(
            () -> {
              inlet.read(bytes(1));
              return backlog.bytes() - HIGH;
            });
    assertThat(waiting).isEqualTo(MAX_UNREAD + 501);
    assertThat(reader.overflows).isEqualTo(1);
  }

  @Test
  void whoHasBroughtLittleMayAlwaysBringSome() throws Exception {
    assertThat(overflowsAndBacklog(HIGH + 1, MAX_UNREAD, 500)).isEqualTo(MAX_UNREAD + 500);
    assertThat(reader.overflows).isZero();
  }

  private void useUpTurn() {
    loop.turns().begin(Turns.Rank.MUCH);
    loop.turns().charge(Turns.MAX);
  }

  @Test
  void whatWaitsForItsTurnCountsToo() throws Exception {
    long waiting =
        on(
            () -> {
              useUpTurn();
              inlet.read(bytes(300));
              inlet.read(bytes(300));
              return backlog.bytes();
            });

    assertThat(waiting).isEqualTo(600);
  }

  @Test
  void whoClosesWhileItReadsGetsNoMore() throws Exception {
    int read =
        on(
            () -> {
              ByteBuf first = bytes(2);
              reader.wants = true;
              reader.whenReading = in -> inlet.close();
              reader.takes = 1;
              inlet.read(first);
              assertThat(first.refCnt()).isZero();
              ByteBuf next = bytes(2);
              inlet.read(next);
              assertThat(next.refCnt()).isZero();
              return reader.taken;
            });

    assertThat(read).isEqualTo(1);
  }

  @Test
  void whatComesAfterTheCloseIsDiscardedThoughATurnIsAwaited() throws Exception {
    ByteBuf next = bytes(300);
    long waiting =
        on(
            () -> {
              useUpTurn();
              inlet.read(bytes(300));
              inlet.close();
              inlet.read(next);
              return backlog.bytes();
            });

    assertThat(waiting).isZero();
    assertThat(next.refCnt()).isZero();
  }

  /** Whether the channel is read from after each of these reads, none of which has its turn. */
  private List<Boolean> readsOnBehind(int others, int... sizes) throws Exception {
    return on(
        () -> {
          backlog.add(others);
          useUpTurn();
          List<Boolean> reads = new ArrayList<>();
          for (int size : sizes) {
            inlet.read(bytes(size));
            reads.add(channel.config().isAutoRead());
          }
          return reads;
        });
  }

  @Test
  void aLittleThatWaitsForItsTurnDoesNotStopTheReading() throws Exception {
    assertThat(readsOnBehind(0, MAX_UNREAD - 1, 1, 1)).containsExactly(true, true, false);
  }

  @Test
  void whileMuchWaitsNobodyBringsMoreThanWaitsForItsTurn() throws Exception {
    assertThat(readsOnBehind(HIGH + 1, 1)).containsExactly(false);
  }

  @Test
  void readingGoesOnWhenItsTurnHasCome() throws Exception {
    reader.wants = true;
    assertThat(readsOnBehind(0, MAX_UNREAD, 1)).containsExactly(true, false);
    await().until(() -> on(() -> inlet.isEmpty() && channel.config().isAutoRead()));
  }

  @Test
  void whatWaitsIsCopiedOnceUntilMostOfItHasBeenRead() throws Exception {
    List<ByteBuf> read = new ArrayList<>();
    on(
        () -> {
          inlet.pause();
          inlet.read(bytes(100));
          reader.whenRead = inlet::pause;
          for (int part : List.of(10, 20, 30, 1)) {
            reader.whenReading = in -> read.add(in.skipBytes(part));
            inlet.goOn();
          }
          return null;
        });
    assertThat(read.get(1)).isSameAs(read.get(0));
    assertThat(read.get(2)).isSameAs(read.get(0));
    assertThat(read.get(3)).isNotSameAs(read.get(0));
    assertThat(read.get(3).readableBytes()).isEqualTo(39);
  }

  @Test
  void whoComesForWhatWaitsHasATurnOfItsOwn() throws Exception {
    int turns =
        on(
            () -> {
              inlet.pause();
              inlet.read(bytes(10));
              assertThat(inlet.isEmpty()).isFalse();
              reader.wants = true;
              inlet.begin();
              return reader.turnsEnded;
            });

    assertThat(inlet.isEmpty()).isTrue();
    assertThat(turns).isEqualTo(1);
  }

  @Test
  void whoComesWithinATurnDoesNotEndIt() throws Exception {
    reader.wants = true;
    reader.whenRead = inlet::begin;
    int turns =
        on(
            () -> {
              inlet.read(bytes(10));
              return reader.turnsEnded;
            });

    assertThat(inlet.isEmpty()).isTrue();
    assertThat(turns).isZero();
  }

  @Test
  void nothingIsHandedOnBehindTheClose() throws Exception {
    reader.wants = true;
    boolean empty =
        on(
            () -> {
              inlet.pause();
              ByteBuf waiting = bytes(10);
              inlet.read(waiting);
              inlet.close();
              assertThat(waiting.refCnt()).isZero();
              ByteBuf late = bytes(10);
              reader.wants = false;
              inlet.read(late);
              assertThat(late.refCnt()).isZero();
              return inlet.isEmpty();
            });

    assertThat(empty).isTrue();
    assertThat(backlog.bytes()).isZero();
  }
}
