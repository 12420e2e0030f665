// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundInvoker;
import io.netty.channel.ChannelPromise;
import io.netty.channel.epoll.AbstractEpollStreamChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.IovArray;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The way out of one channel: small pieces are gathered and leave in one system call.
 *
 * <p>While nothing waits here, a head with its body is written into the loop's own memory and goes
 * straight to the socket, without a buffer, a queue entry and a promise for each piece. What the
 * socket does not take, and what is large, goes through the channel's queue, so that order and the
 * failure of a write are the channel's own. Small pieces behind it are put together, so that they
 * take no more memory than their bytes, however many they are. Confined to one event loop.
 */
public final class CoalescingWriter {
  /**
   * The bytes that may wait before the writer is full; at {@link #FEW_WAITING} it is not any more.
   */
  static final int MAX_WAITING = 64 * 1024;

  private static final int FEW_WAITING = MAX_WAITING / 2;
  private static final int NONE = -1;

  /** Writes to it. */
  public interface Writer {
    /** The peer has taken so much that there is room again, after this {@link #isFull was full}. */
    void writeOn();
  }

  private final Channel channel;

  /** Where the channel's queue is written to. */
  private final ChannelOutboundInvoker below;

  private final LoopWriteBuffer writeBuffer;
  private final Backlog backlog;
  private final Writer writer;

  /** Null where there is no native transport; then all goes through the channel's queue. */
  private final @Nullable Socket socket;

  /** Null if bytes leave as they are. */
  private final @Nullable Seal seal;

  private boolean queued;

  /** The number of the memory in which bytes are gathered; {@link #NONE} if none are. */
  private int piece = NONE;

  /** Whether it sends at the end of the turn. */
  private boolean due;

  /** The bytes that wait after the channel's queue; null for none. */
  private @Nullable ByteBuf tail;

  /** The number of bytes in the channel's queue and after it. */
  private long waiting;

  private boolean full;

  /** Where in the gathered bytes a piece begins that is being written; {@link #NONE} if none is. */
  private int unfinished = NONE;

  public CoalescingWriter(Channel channel, Loop loop, Writer writer) {
    this(channel, loop, null, writer);
  }

  /**
   * @param seal encrypts what leaves; null if nothing does
   */
  public CoalescingWriter(Channel channel, Loop loop, @Nullable Seal seal, Writer writer) {
    this(channel, channel, loop.writeBuffer(), loop.backlog(), seal, writer);
  }

  /**
   * The way out below a handler, for what it writes itself.
   *
   * @param seal encrypts what leaves; null if nothing does
   */
  public CoalescingWriter(
      ChannelHandlerContext below, Loop loop, @Nullable Seal seal, Writer writer) {
    this(below.channel(), below, loop.writeBuffer(), loop.backlog(), seal, writer);
  }

  /**
   * @param backlog counts the bytes that wait
   * @param seal encrypts what leaves; null if nothing does
   */
  public CoalescingWriter(
      Channel channel,
      LoopWriteBuffer writeBuffer,
      Backlog backlog,
      @Nullable Seal seal,
      Writer writer) {
    this(channel, channel, writeBuffer, backlog, seal, writer);
  }

  private CoalescingWriter(
      Channel channel,
      ChannelOutboundInvoker below,
      LoopWriteBuffer writeBuffer,
      Backlog backlog,
      @Nullable Seal seal,
      Writer writer) {
    this.channel = channel;
    this.below = below;
    this.seal = seal;
    this.writeBuffer = writeBuffer;
    this.backlog = backlog;
    this.writer = writer;
    this.socket =
        channel instanceof AbstractEpollStreamChannel epoll && epoll.fd() instanceof Socket fd
            ? fd
            : null;
  }

  /** Whether so much waits for the peer that nothing more should be written until there is room. */
  public boolean isFull() {
    full |= waiting > (backlog.isHigh() ? 0 : MAX_WAITING);
    return full;
  }

  /**
   * A buffer for about this many bytes, to be handed to {@link #write} next.
   *
   * <p>It may hold what was written before, so its reader index and earlier bytes are not the
   * caller's.
   */
  public ByteBuf buffer(int size) {
    dropUnfinished();
    if (!fits(size)) {
      return channel.alloc().ioBuffer(size);
    }
    ByteBuf gathered = gathered();
    unfinished = gathered.writerIndex();
    return gathered;
  }

  /** A piece that was never handed to {@link #write}, as what was to write it has failed. */
  private void dropUnfinished() {
    if (unfinished >= 0 && hasGathered()) {
      gathered().writerIndex(unfinished);
    }
    unfinished = NONE;
  }

  /**
   * Writes these bytes and releases them; what can be gathered leaves with {@link #flush()}, what
   * is too large for that at once.
   */
  public void write(ByteBuf bytes) {
    if (isGathered(bytes)) {
      unfinished = NONE;
      return;
    }
    dropUnfinished();
    if (fits(bytes.readableBytes())) {
      gathered().writeBytes(bytes);
      bytes.release();
    } else if (socket != null && bytes.isDirect() && isQueueEmpty()) {
      sendWith(bytes);
    } else {
      moveOut();
      queue(bytes);
    }
  }

  /** Sends the gathered bytes and then these in one call. */
  private void sendWith(ByteBuf bytes) {
    if (seal != null) {
      sealWith(seal, bytes);
      return;
    }
    ByteBuf gathered = gathered();
    int sent = sendNow(gathered, bytes);
    int ofGathered = Math.min(sent, gathered.readableBytes());
    gathered.skipBytes(ofGathered);
    bytes.skipBytes(sent - ofGathered);
    if (gathered.isReadable()) {
      queueRest(null);
    } else {
      leave();
    }
    if (bytes.isReadable()) {
      queue(bytes);
      flush();
    } else {
      bytes.release();
    }
  }

  /** The same, of as much at a time as is sealed at once. */
  private void sealWith(Seal seal, ByteBuf bytes) {
    ByteBuf sealed = writeBuffer.sealed();
    if (hasGathered()) {
      seal.seal(gathered(), sealed);
      if (gathered().isReadable()) {
        queueRest(null);
      } else {
        leave();
      }
    }
    seal.seal(bytes, sealed);
    while (sealed.isReadable()) {
      sendSealed(seal, sealed, null);
      sealed.clear();
      if (isQueueEmpty()) {
        seal.seal(bytes, sealed);
      }
    }
    if (bytes.isReadable()) {
      queue(bytes);
    } else {
      bytes.release();
    }
    flush();
  }

  /** Sends what is sealed; the rest waits in the channel's queue as it is. */
  private void sendSealed(Seal seal, ByteBuf sealed, @Nullable ChannelPromise sent) {
    sealed.skipBytes(sendNow(sealed));
    if (sealed.isReadable()) {
      ByteBuf rest = channel.alloc().ioBuffer(sealed.readableBytes()).writeBytes(sealed);
      seal.writeSealed(rest, counted(rest, sent));
    } else if (sent != null) {
      sent.setSuccess();
    }
  }

  /** Sends what has been written. */
  public void flush() {
    dropUnfinished();
    if (hasGathered()) {
      send(null);
      return;
    }
    if (isQueueIdle()) {
      queueTail();
    }
    flushQueue();
  }

  private void flushQueue() {
    if (queued) {
      queued = false;
      below.flush();
    }
  }

  /** Sends what has been written together with what is written later in this turn of the loop. */
  public void flushLater() {
    if (!due) {
      due = true;
      writeBuffer.sendLater(this);
    }
  }

  void sendDue() {
    due = false;
    flush();
  }

  /** Sends what has been written; the future completes when the socket has taken it. */
  public ChannelFuture send() {
    ChannelPromise sent = channel.newPromise();
    dropUnfinished();
    if (hasGathered()) {
      send(sent);
    } else {
      queueTail();
      queue(Unpooled.EMPTY_BUFFER, sent);
      flushQueue();
    }
    return sent;
  }

  /**
   * Sends what waits in another socket without looking at it, as long as this one takes it.
   *
   * @param most how many bytes of it may be sent
   * @return how many have left the other socket; 0 if none wait there, or if something waits here,
   *     or bytes are sealed, or there is no pipe; then the caller must read and write
   * @throws IOException if bytes have been lost on the way, because this channel has broken
   */
  public long splice(Socket from, long most) throws IOException {
    flush();
    if (socket == null || seal != null || !isQueueEmpty()) {
      return 0;
    }
    Pipe pipe = writeBuffer.pipe();
    if (pipe == null) {
      return 0;
    }
    try {
      return splice(pipe, from, socket, most);
    } catch (IOException e) {
      writeBuffer.replace(pipe);
      throw e;
    }
  }

  private long splice(Pipe pipe, Socket from, Socket to, long most) throws IOException {
    long moved = 0;
    int taken = 1;
    int given = 1;
    while (moved < most && taken == given && taken > 0) {
      taken = pipe.take(from, most - moved);
      given = pipe.give(to, taken);
      moved += taken;
    }
    if (given < taken) {
      queue(pipe.rest(taken - given, channel.alloc()));
      flush();
    }
    return moved;
  }

  /** Ends the channel's output, once all has been sent. */
  public void end() {
    if (seal != null) {
      seal.end();
    }
    ((DuplexChannel) channel).shutdownOutput();
  }

  /**
   * Has the coming close reset the connection, so that the peer does not take a part for the whole.
   */
  public void breakOff() {
    if (seal != null) {
      seal.breakOff();
    }
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
  }

  /** Throws away what has not been sent, for a channel that closes. */
  public void discard() {
    if (hasGathered()) {
      leave();
    }
    dropTail();
  }

  /** Puts what is gathered into the channel's queue. */
  void moveOut() {
    dropUnfinished();
    if (hasGathered()) {
      queueRest(null);
    }
  }

  private boolean hasGathered() {
    return piece != NONE;
  }

  private ByteBuf gathered() {
    if (piece == NONE) {
      piece = writeBuffer.take(this);
    }
    return writeBuffer.of(piece);
  }

  /** Gives the memory back, empty. */
  private void leave() {
    writeBuffer.giveBack(piece);
    piece = NONE;
  }

  @SuppressWarnings("ReferenceEquality")
  private boolean isGathered(ByteBuf bytes) {
    return hasGathered() && gathered() == bytes;
  }

  private boolean fits(int size) {
    if (hasGathered()) {
      return gathered().writerIndex() + size <= LoopWriteBuffer.SIZE;
    }
    return socket != null && size <= LoopWriteBuffer.SIZE && isQueueEmpty();
  }

  private boolean isQueueEmpty() {
    ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
    return tail == null
        && queue != null
        && queue.size() == 0
        && queue.totalPendingWriteBytes() == 0;
  }

  /** Whether the channel has nothing that it tries to send. */
  private boolean isQueueIdle() {
    ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
    return queue == null || queue.size() == 0;
  }

  private void send(@Nullable ChannelPromise sent) {
    ByteBuf gathered = gathered();
    if (seal != null) {
      sealGathered(seal, gathered, sent);
      return;
    }
    gathered.skipBytes(sendNow(gathered));
    if (gathered.isReadable()) {
      queueRest(sent);
      flush();
    } else {
      leave();
      if (sent != null) {
        sent.setSuccess();
      }
    }
  }

  private void sealGathered(Seal seal, ByteBuf gathered, @Nullable ChannelPromise sent) {
    ByteBuf sealed = writeBuffer.sealed();
    if (isQueueEmpty()) {
      seal.seal(gathered, sealed);
    }
    if (gathered.isReadable()) {
      queueRest(
          sent); // behind what the seal has to say, or it is not open, and the channel says so
      flush();
      return;
    }
    leave();
    sendSealed(seal, sealed, sent);
    flushQueue();
  }

  /** How many bytes the socket takes at once; a failure shows again when the rest is written. */
  private int sendNow(ByteBuf bytes) {
    if (socket == null) {
      return 0;
    }
    try {
      if (bytes.hasMemoryAddress()) {
        return socket.sendAddress(bytes.memoryAddress(), bytes.readerIndex(), bytes.writerIndex());
      }
      ByteBuffer view = bytes.internalNioBuffer(bytes.readerIndex(), bytes.readableBytes());
      return socket.send(view, view.position(), view.limit());
    } catch (IOException e) {
      return 0;
    }
  }

  private int sendNow(ByteBuf first, ByteBuf second) {
    if (socket == null) {
      return 0;
    }
    IovArray vector = writeBuffer.vector();
    vector.add(first, first.readerIndex(), first.readableBytes());
    vector.add(second, second.readerIndex(), second.readableBytes());
    try {
      return (int) socket.writevAddresses(vector.memoryAddress(0), vector.count());
    } catch (IOException e) {
      return 0;
    }
  }

  /** Returns the memory first, because a listener of the promise may write the next piece. */
  private void queueRest(@Nullable ChannelPromise sent) {
    ByteBuf gathered = gathered();
    ByteBuf rest = channel.alloc().ioBuffer(gathered.readableBytes()).writeBytes(gathered);
    leave();
    queue(rest, sent);
  }

  private void queue(ByteBuf bytes) {
    if (bytes.readableBytes() <= LoopWriteBuffer.SIZE) {
      queueBehind(bytes);
    } else {
      queueTail();
      queue(LoopReadBuffer.kept(bytes), null);
    }
  }

  private void queueBehind(ByteBuf bytes) {
    int size = bytes.readableBytes();
    if (tail != null && tail.readableBytes() + size > LoopWriteBuffer.SIZE) {
      queueTail();
    }
    if (tail == null) {
      tail = channel.alloc().ioBuffer(size);
    }
    tail.writeBytes(bytes);
    bytes.release();
    await(size);
  }

  private void queueTail() {
    if (tail != null) {
      ByteBuf last = tail;
      tail = null;
      await(-last.readableBytes());
      queue(last, null);
    }
  }

  /**
   * @param sent null if no caller waits for it
   */
  private void queue(ByteBuf bytes, @Nullable ChannelPromise sent) {
    below.write(bytes, counted(bytes, sent));
  }

  /** Reckons with bytes that are about to be written into the channel's queue. */
  private ChannelPromise counted(ByteBuf bytes, @Nullable ChannelPromise sent) {
    int size = bytes.readableBytes();
    ChannelPromise promise = sent == null ? channel.newPromise() : sent;
    queued = true;
    await(size);
    promise.addListener(
        taken -> {
          left(size, taken.isSuccess());
          if (!taken.isSuccess() && sent == null) {
            // a channel that never became active fails its writes and reports nothing else
            channel.pipeline().fireExceptionCaught(taken.cause());
          }
        });
    return promise;
  }

  private void await(int more) {
    waiting += more;
    backlog.add(more);
  }

  /** Bytes have left the channel's queue, or never will. */
  private void left(int size, boolean sent) {
    await(-size);
    if (!sent) {
      dropTail();
    } else if (isQueueIdle()) {
      queueTail();
      flushQueue();
    }
    if (full && waiting <= (backlog.isHigh() ? 0 : FEW_WAITING)) {
      full = false;
      writer.writeOn();
    }
  }

  private void dropTail() {
    if (tail != null) {
      await(-tail.readableBytes());
      tail.release();
      tail = null;
    }
  }
}
