// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.NotYetConnectedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Writers of real sockets on one loop. */
class CoalescingWriterTest {
  private static final int LARGE = 3 * LoopWriteBuffer.SIZE;

  /** More than the sockets take, whose buffers are small. */
  private static final int MUCH = 1024 * 1024;

  private Loops loops;
  private ServerSocket server;
  private Loop loop;
  private final Semaphore room = new Semaphore(0);
  private Peer one;
  private Peer two;

  /** Descriptors that a test has opened. */
  private final List<io.netty.channel.unix.Socket> opened = new ArrayList<>();

  /** A channel with its writer, and who reads at the other end. */
  private record Peer(Channel channel, CoalescingWriter writer, Socket reader) {
    String read(int count) throws Exception {
      return new String(reader.getInputStream().readNBytes(count), StandardCharsets.ISO_8859_1);
    }
  }

  @BeforeEach
  void open() throws Exception {
    assumeTrue(Epoll.isAvailable());
    loops = new Loops(1);
    server = new ServerSocket();
    server.setReceiveBufferSize(64 * 1024);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    one = connect();
    two = connect();
  }

  @AfterEach
  void close() throws Exception {
    if (loops != null) {
      loops.close();
      server.close();
      one.reader.close();
      two.reader.close();
      for (io.netty.channel.unix.Socket each : opened) {
        each.close();
      }
    }
  }

  private Peer connect() throws Exception {
    Channel channel =
        new Bootstrap()
            .group(loops.group())
            .channel(EpollSocketChannel.class)
            .option(ChannelOption.SO_SNDBUF, 8 * 1024)
            .option(ChannelOption.AUTO_READ, false)
            .handler(new ChannelInboundHandlerAdapter())
            .connect(server.getLocalSocketAddress())
            .sync()
            .channel();
    loop = loops.of(channel.eventLoop());
    Socket reader = server.accept();
    reader.setSoTimeout(10_000);
    return new Peer(channel, new CoalescingWriter(channel, loop, room::release), reader);
  }

  private <T> T onLoop(Callable<T> task) throws Exception {
    return one.channel.eventLoop().submit(task).get(10, TimeUnit.SECONDS);
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.directBuffer(text.length())
        .writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void nothingLeavesBeforeTheFlushAndThenAllInOrder() throws Exception {
    int waiting =
        onLoop(
            () -> {
              ByteBuf head = one.writer.buffer(10);
              head.writeCharSequence("head ", StandardCharsets.ISO_8859_1);
              one.writer.write(head);
              one.writer.write(bytes("body"));
              int before = one.reader.getInputStream().available();
              one.writer.flush();
              return before;
            });

    assertThat(waiting).isZero();
    assertThat(one.read(9)).isEqualTo("head body");
  }

  @Test
  void whatOneConnectionHasGatheredIsNotMixedWithAnothersAndNotLost() throws Exception {
    onLoop(
        () -> {
          one.writer.write(bytes("first of one, "));
          two.writer.write(bytes("first of two, "));
          one.writer.write(bytes("second of one"));
          two.writer.write(bytes("second of two"));
          two.writer.flush();
          one.writer.flush();
          return null;
        });

    assertThat(one.read(27)).isEqualTo("first of one, second of one");
    assertThat(two.read(27)).isEqualTo("first of two, second of two");
  }

  @Test
  void whatLeavesLaterLeavesAtTheEndOfTheTurnWhateverOthersSendMeanwhile() throws Exception {
    int waiting =
        onLoop(
            () -> {
              one.writer.write(bytes("first "));
              one.writer.flushLater();
              two.writer.write(bytes("other"));
              two.writer.flush();
              one.writer.write(bytes("second"));
              one.writer.flushLater();
              return one.reader.getInputStream().available();
            });

    assertThat(waiting).isZero();
    assertThat(two.read(5)).isEqualTo("other");
    assertThat(one.read(12)).isEqualTo("first second");
  }

  @Test
  void noMoreThanSoManyWaitForTheEndOfTheTurn() throws Exception {
    boolean waiting =
        onLoop(
            () -> {
              one.writer.write(bytes("first"));
              one.writer.flushLater();
              for (int i = 1; i < LoopWriteBuffer.MAX_DUE; i++) {
                new CoalescingWriter(two.channel, loop, room::release).flushLater();
              }
              return one.reader.getInputStream().available() == 0;
            });

    assertThat(waiting).isFalse();
    assertThat(one.read(5)).isEqualTo("first");
  }

  @Test
  void whoGathersWhereAllMemoryIsTakenHasAnotherMoveOut() throws Exception {
    onLoop(
        () -> {
          one.writer.write(bytes("first of one, "));
          List<CoalescingWriter> others = new ArrayList<>();
          for (int i = 0; i < 2 * LoopWriteBuffer.MAX_DUE; i++) {
            CoalescingWriter other = new CoalescingWriter(two.channel, loop, room::release);
            other.write(bytes("x"));
            others.add(other);
          }
          one.writer.write(bytes("second of one"));
          one.writer.flush();
          others.forEach(CoalescingWriter::discard);
          return null;
        });

    assertThat(one.read(27)).isEqualTo("first of one, second of one");
  }

  @Test
  void smallAndLargePiecesKeepTheirOrder() throws Exception {
    onLoop(
        () -> {
          one.writer.write(bytes("a"));
          one.writer.write(bytes("L".repeat(LARGE)));
          one.writer.write(bytes("b"));
          one.writer.flush();
          one.writer.write(bytes("c"));
          one.writer.flush();
          return null;
        });

    assertThat(one.read(LARGE + 3)).isEqualTo("a" + "L".repeat(LARGE) + "bc");
  }

  @Test
  void piecesOnTheHeapKeepTheirOrderToo() throws Exception {
    onLoop(
        () -> {
          one.writer.write(bytes("a"));
          one.writer.write(Unpooled.copiedBuffer("L".repeat(LARGE), StandardCharsets.ISO_8859_1));
          one.writer.write(bytes("b"));
          one.writer.flush();
          return null;
        });

    assertThat(one.read(LARGE + 2)).isEqualTo("a" + "L".repeat(LARGE) + "b");
  }

  @Test
  void whatTheSocketDoesNotTakeAtOnceFollowsLater() throws Exception {
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      expected.append("piece ").append(i).append(' ').append("x".repeat(i * 30)).append('\n');
    }
    String[] pieces = expected.toString().split("(?<=\n)", -1);
    boolean waits =
        onLoop(
            () -> {
              for (String piece : pieces) {
                one.writer.write(bytes(piece));
                one.writer.flush();
              }
              return one.channel.unsafe().outboundBuffer().totalPendingWriteBytes() > 0;
            });

    assertThat(waits).isTrue();
    assertThat(one.read(expected.length())).isEqualTo(expected.toString());
  }

  @Test
  void whatWaitsForASlowReaderKeepsNoLargerBufferThanItNeeds() throws Exception {
    onLoop(
        () -> {
          one.writer.write(bytes("L".repeat(MUCH)));
          one.writer.flush();
          return null;
        });
    ByteBuf large = Unpooled.buffer(64 * 1024).writeZero(64 * 1024);

    onLoop(
        () -> {
          one.writer.write(large.retainedSlice(0, 100));
          return null;
        });

    assertThat(large.refCnt()).isEqualTo(1);
    large.release();
  }

  private static int entries(Channel channel) throws Exception {
    int[] count = {0};
    channel
        .unsafe()
        .outboundBuffer()
        .forEachFlushedMessage(
            message -> {
              count[0]++;
              return true;
            });
    return count[0];
  }

  @Test
  void smallPiecesThatWaitArePutTogetherHoweverManyTheyAre() throws Exception {
    String large = "L".repeat(MUCH);
    String small = "abcdefghij".repeat(2_000);
    int entries =
        onLoop(
            () -> {
              one.writer.write(bytes(large));
              one.writer.flush();
              for (int i = 0; i < small.length(); i++) {
                one.writer.write(bytes(small.substring(i, i + 1)));
                one.writer.flush();
              }
              return entries(one.channel);
            });

    assertThat(entries).isLessThanOrEqualTo(2);
    assertThat(one.read(large.length() + small.length())).isEqualTo(large + small);
  }

  @Test
  void whoWasToldThatItIsFullIsToldOnceThatThereIsRoom() throws Exception {
    boolean full =
        onLoop(
            () -> {
              boolean before = one.writer.isFull();
              one.writer.write(bytes("L".repeat(MUCH)));
              one.writer.flush();
              return !before && one.writer.isFull();
            });
    assertThat(full).isTrue();
    assertThat(room.availablePermits()).isZero();

    one.read(MUCH);

    assertThat(room.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    assertThat(onLoop(() -> one.writer.isFull())).isFalse();
    assertThat(room.availablePermits()).isZero();
  }

  @Test
  void whileMuchWaitsOnTheLoopAnyByteThatWaitsIsTooMuch() throws Exception {
    boolean full =
        onLoop(
            () -> {
              one.writer.write(bytes("L".repeat(MUCH)));
              one.writer.flush();
              loop.backlog().add(Long.MAX_VALUE / 2);
              two.writer.write(bytes("L".repeat(MUCH)));
              two.writer.flush();
              return two.writer.isFull();
            });
    assertThat(full).isTrue();
    two.reader.getInputStream().readNBytes(MUCH);
    assertThat(room.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whatWaitsIsReckonedUntilItHasLeftOrNeverWill() throws Exception {
    long waits =
        onLoop(
            () -> {
              for (Peer peer : new Peer[] {one, two}) {
                peer.writer.write(bytes("L".repeat(MUCH)));
                peer.writer.write(bytes("tail"));
                peer.writer.flush();
              }
              return loop.backlog().bytes();
            });
    assertThat(waits).isGreaterThan(MUCH);

    one.read(MUCH + 4);
    onLoop(
        () -> {
          two.writer.discard();
          two.channel.close();
          return null;
        });

    await().until(() -> onLoop(() -> loop.backlog().bytes()) == 0);
  }

  @Test
  void futureTellsWhetherTheSocketHasTakenIt() throws Exception {
    ChannelFuture taken = sent("head");
    assertThat(taken.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(taken.isSuccess()).isTrue();
    assertThat(one.read(4)).isEqualTo("head");

    ((EpollSocketChannel) one.channel).shutdownOutput().sync();
    ChannelFuture refused = sent("head");
    assertThat(refused.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(refused.isSuccess()).isFalse();
  }

  private ChannelFuture sent(String text) throws Exception {
    return onLoop(
        () -> {
          one.writer.write(bytes(text));
          return one.writer.send();
        });
  }

  @Test
  void pieceThatWasNeverFinishedDoesNotLeave() throws Exception {
    onLoop(
        () -> {
          one.writer.write(bytes("first "));
          one.writer.buffer(10).writeCharSequence("half", StandardCharsets.ISO_8859_1);
          one.writer.write(bytes("second "));
          one.writer.buffer(10).writeCharSequence("half", StandardCharsets.ISO_8859_1);
          one.writer.flush();
          one.writer.write(bytes("third"));
          one.writer.flush();
          return null;
        });

    assertThat(one.read(18)).isEqualTo("first second third");
  }

  @Test
  void discardedBytesNeverLeave() throws Exception {
    onLoop(
        () -> {
          one.writer.write(bytes("gone"));
          one.writer.discard();
          one.writer.write(bytes("sent"));
          one.writer.flush();
          return null;
        });

    assertThat(one.read(4)).isEqualTo("sent");
  }

  /** Nobody may flush any more. */
  @Test
  void whatIsWrittenBehindTheCloseIsReleasedAtOnce() throws Exception {
    List<ByteBuf> taken = takenFrom(one.channel);
    ByteBuf late = bytes("late");
    onLoop(
        () -> {
          ChannelEnd.close(one.channel);
          one.writer.discard();
          one.writer.write(late);
          return null;
        });

    assertThat(late.refCnt()).isZero();
    assertThat(taken).allMatch(each -> each.refCnt() == 0);
    assertThat(loop.backlog().bytes()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, LARGE})
  void nothingIsSentToTheConnectionThatGetsTheDescriptorOfAClosedOne(int size) throws Exception {
    int sent =
        onLoop(
            () -> {
              one.writer.write(bytes("a reply"));
              try (Socket other = replaced(one.channel)) {
                one.writer.write(bytes("b".repeat(size)));
                one.writer.flush();
                return other.getInputStream().available();
              }
            });

    assertThat(sent).isZero();
  }

  @Test
  void nothingIsTakenFromTheConnectionThatGetsTheDescriptorOfAClosedOne() throws Exception {
    long moved =
        onLoop(
            () -> {
              try (Socket other = replaced(two.channel)) {
                other.getOutputStream().write('x');
                return one.writer.splice(NativeSocket.of(two.channel), 1);
              }
            });

    assertThat(moved).isZero();
  }

  /**
   * Closes a connection, and returns the peer of another one, whose descriptor has its number:
   * another thread may accept one before anybody here knows of the close.
   */
  private Socket replaced(Channel channel) throws IOException {
    int number = ((EpollSocketChannel) channel).fd().intValue();
    channel.close();
    io.netty.channel.unix.Socket next = io.netty.channel.unix.Socket.newSocketStream();
    opened.add(next);
    while (next.intValue() != number && opened.size() < 100) {
      next = io.netty.channel.unix.Socket.newSocketStream();
      opened.add(next);
    }
    assertThat(next.intValue()).as("no other thread has taken it").isEqualTo(number);
    next.connect(server.getLocalSocketAddress());
    return server.accept();
  }

  @Test
  void aLargePieceThatIsNeverWrittenIsReleasedWithTheNext() throws Exception {
    List<ByteBuf> taken = takenFrom(one.channel);
    onLoop(
        () -> {
          one.writer.buffer(LARGE).writeByte('x');
          one.writer.write(bytes("next"));
          one.writer.flush();
          return null;
        });

    assertThat(one.read(4)).isEqualTo("next");
    assertThat(taken).hasSize(1).allMatch(each -> each.refCnt() == 0);
  }

  /** The buffers that are made for a channel from now on. */
  private static List<ByteBuf> takenFrom(Channel channel) {
    List<ByteBuf> taken = new CopyOnWriteArrayList<>();
    channel
        .config()
        .setAllocator(
            new PooledByteBufAllocator(true) {
              @Override
              public ByteBuf ioBuffer(int size) {
                ByteBuf made = super.ioBuffer(size);
                taken.add(made);
                return made;
              }
            });
    return taken;
  }

  @Test
  void whatWaitsInAnotherSocketIsSentWithoutPassingThroughHere() throws Exception {
    String body = numbered(200_000);
    // each waits for others, so neither may keep the only thread of the common pool
    Executor ownThread = task -> new Thread(task, "mover").start();
    CompletableFuture.runAsync(() -> write(two.reader, body), ownThread);
    CompletableFuture<Void> moving =
        CompletableFuture.runAsync(
            () -> {
              try {
                for (long left = body.length(); left > 0; ) {
                  left -= spliceSome(one, left);
                }
              } catch (Exception e) {
                throw new CompletionException(e);
              }
            },
            ownThread);
    // more than the sockets and the pipe hold, so that this reader is waited for
    assertThat(one.read(body.length())).isEqualTo(body);
    moving.get(10, TimeUnit.SECONDS);
  }

  @Test
  void whatWasWrittenBeforeTheSpliceLeavesBeforeIt() throws Exception {
    write(two.reader, "body");

    onLoop(
        () -> {
          one.writer.write(bytes("head "));
          return null;
        });

    assertThat(spliceSome(one, 3)).isEqualTo(3);
    assertThat(one.read(8)).isEqualTo("head bod");
  }

  @Test
  void nothingIsTakenFromTheOtherSocketWhileSomethingWaitsHere() throws Exception {
    write(two.reader, "body");

    long moved =
        onLoop(
            () -> {
              one.writer.write(bytes("L".repeat(MUCH)));
              return one.writer.splice(fd(two), 4);
            });

    assertThat(moved).isZero();
  }

  /** What a client does not take would wait here, up to a pipe's content for each of them. */
  @Test
  void nothingIsTakenFromTheOtherSocketWhileMuchWaitsOnTheLoop() throws Exception {
    write(two.reader, "body");

    long moved =
        onLoop(
            () -> {
              loop.backlog().add(Long.MAX_VALUE / 2);
              long spliced = one.writer.splice(fd(two), 4);
              loop.backlog().remove(Long.MAX_VALUE / 2);
              return spliced;
            });

    assertThat(moved).isZero();
    assertThat(spliceSome(one, 4)).isEqualTo(4);
  }

  @Test
  void nothingIsTakenFromTheOtherSocketWithoutAPipe() throws Exception {
    write(two.reader, "body");
    CoalescingWriter without =
        new CoalescingWriter(
            one.channel,
            new LoopWriteBuffer(Runnable::run),
            new Backlog(Long.MAX_VALUE),
            null,
            () -> {});

    assertThat(onLoop(() -> without.splice(fd(two), 4))).isZero();
  }

  @Test
  void bytesThatAreLostOnTheWayAreAnErrorAndNobodyElseGetsThem() throws Exception {
    write(two.reader, "lost");
    spliceSome(one, 1);

    assertThatThrownBy(
            () ->
                onLoop(
                    () -> {
                      // in one task, or the loop would hear of the reset before
                      one.reader.setSoLinger(true, 0);
                      one.reader.close();
                      return one.writer.splice(fd(two), 3);
                    }))
        .hasCauseInstanceOf(IOException.class);

    Peer three = connect();
    write(two.reader, "next");
    assertThat(spliceSome(three, 4)).isEqualTo(4);
    assertThat(three.read(4)).isEqualTo("next");
    three.reader.close();
  }

  @Test
  void nobodyElseGetsTheBytesThatThereIsNoMemoryFor() throws Exception {
    one.channel
        .config()
        .setAllocator(
            new PooledByteBufAllocator(true) {
              @Override
              public ByteBuf ioBuffer(int size, int most) {
                throw new OutOfMemoryError("none is left");
              }
            });
    String more = "x".repeat(20_000_000); // than all sockets hold
    new Thread(() -> assertThatThrownBy(() -> write(two.reader, more)), "writer").start();
    assertThatThrownBy(
            () -> {
              while (spliceSome(one, MUCH) > 0) {
                // until its reader, who does not read, has no room
              }
            })
        .hasCauseInstanceOf(OutOfMemoryError.class);

    Peer three = connect();
    Peer four = connect();
    write(four.reader, "next");
    long moved = 0;
    while (moved == 0) {
      moved = onLoop(() -> three.writer.splice(fd(four), 4));
    }
    assertThat(three.read(4)).isEqualTo("next");
    three.reader.close();
    four.reader.close();
  }

  private static String numbered(int lines) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines; i++) {
      text.append("line ").append(i).append('\n');
    }
    return text.toString();
  }

  /** On loopback the bytes are there when this returns. */
  private static void write(Socket to, String text) {
    try {
      to.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Splices from the second socket as soon as something can be read there. */
  private long spliceSome(Peer to, long most) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    long moved = 0;
    while (moved == 0 && System.nanoTime() < deadline) {
      moved = onLoop(() -> to.writer.splice(fd(two), most));
    }
    return moved;
  }

  private static io.netty.channel.unix.Socket fd(Peer peer) {
    return (io.netty.channel.unix.Socket) ((EpollSocketChannel) peer.channel).fd();
  }

  /** A worker that ends before it accepts leaves such a channel. */
  @Test
  void aConnectionIsToldOfAWriteThatFailsThoughItsChannelNeverBecameActive() throws Exception {
    CompletableFuture<Throwable> told = new CompletableFuture<>();
    Channel channel = new EpollSocketChannel();
    channel
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                told.complete(cause);
              }
            });
    one.channel.eventLoop().register(channel).sync();
    CoalescingWriter writer = new CoalescingWriter(channel, loop, room::release);
    ByteBuf request = bytes("x".repeat(LARGE));
    onLoop(
        () -> {
          writer.write(request);
          writer.flush();
          return null;
        });

    assertThat(told.get(10, TimeUnit.SECONDS)).isInstanceOf(NotYetConnectedException.class);
    assertThat(request.refCnt()).isZero();
  }
}
