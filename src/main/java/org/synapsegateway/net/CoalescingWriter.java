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
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.IovArray;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes to one channel: gathers small pieces and sends them with one system call.
 *
 * <p>While nothing waits here, a head with its body is written into the loop's own memory and goes
 * straight to the socket, without a buffer, a queue entry and a promise for each piece. What the
 * socket does not take, and what is large, goes through the channel's queue, so that order and the
 * failure of a write are the channel's own. Small pieces that follow are joined, so that they take
 * no more memory than their bytes. Confined to one event loop.
 */
public final class CoalescingWriter {
  /** The number of waiting bytes at which a writer is full, if nothing else is said. */
  static final int MAX_WAITING = 64 * 1024;

  private static final int NONE = -1;

  /** Uses a CoalescingWriter. */
  public interface Writer {
    /** There is room again, after this {@link #isFull was full}. */
    void writeOn();
  }

  private final Channel channel;

  /** Takes what goes through the channel's queue. */
  private final ChannelOutboundInvoker below;

  private final LoopWriteBuffer writeBuffer;
  private final Backlog backlog;
  private final Writer writer;

  /** Null without a native transport; then everything goes through the channel's queue. */
  private final @Nullable Socket socket;

  /** Null if the connection is not encrypted. */
  private final @Nullable Seal seal;

  private boolean queued;

  /** The piece of the loop's memory that holds gathered bytes; {@link #NONE} if there are none. */
  private int piece = NONE;

  /** Whether it waits for the end of the turn to send. */
  private boolean due;

  /** The bytes that wait after the channel's queue; null for none. */
  private @Nullable ByteBuf tail;

  /** The number of bytes in the channel's queue and after it. */
  private long waiting;

  /** The number of waiting bytes at which it is full; it stays so until half of them are left. */
  private final int maxWaiting;

  private boolean full;

  /** Where in the gathered bytes a piece begins that is being written; {@link #NONE} if none is. */
  private int unfinished = NONE;

  /** A piece in memory of its own that is being written; null if none is. */
  private @Nullable ByteBuf alone;

  public CoalescingWriter(Channel channel, Loop loop, Writer writer) {
    this(channel, loop, null, writer);
  }

  /**
   * @param seal encrypts what leaves; null if nothing does
   */
  public CoalescingWriter(Channel channel, Loop loop, @Nullable Seal seal, Writer writer) {
    this(channel, channel, loop.writeBuffer(), loop.backlog(), seal, writer, MAX_WAITING);
  }

  /**
   * Writes below a handler, for the handler's own bytes.
   *
   * @param seal encrypts what leaves; null if nothing does
   * @param maxWaiting the number of waiting bytes at which it is full
   */
  public CoalescingWriter(
      ChannelHandlerContext below, Loop loop, @Nullable Seal seal, Writer writer, int maxWaiting) {
    this(below.channel(), below, loop.writeBuffer(), loop.backlog(), seal, writer, maxWaiting);
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
    this(channel, channel, writeBuffer, backlog, seal, writer, MAX_WAITING);
  }

  private CoalescingWriter(
      Channel channel,
      ChannelOutboundInvoker below,
      LoopWriteBuffer writeBuffer,
      Backlog backlog,
      @Nullable Seal seal,
      Writer writer,
      int maxWaiting) {
    this.channel = channel;
    this.below = below;
    this.seal = seal;
    this.writeBuffer = writeBuffer;
    this.backlog = backlog;
    this.writer = writer;
    this.maxWaiting = maxWaiting;
    this.socket = NativeSocket.of(channel);
  }

  /** Whether the caller should stop writing until there is room, because too many bytes wait. */
  public boolean isFull() {
    full |= waiting > (backlog.isHigh() ? 0 : maxWaiting);
    return full;
  }

  /**
   * A buffer for about this many bytes, to be handed to {@link #write} next.
   *
   * <p>It may hold earlier bytes: the caller must not touch them or the reader index. It stays this
   * writer's: a caller that fails does not release it.
   */
  public ByteBuf buffer(int size) {
    dropUnfinished();
    if (!fits(size)) {
      ByteBuf begun = channel.alloc().ioBuffer(size);
      alone = begun;
      return begun;
    }
    ByteBuf gathered = gathered();
    unfinished = gathered.writerIndex();
    return gathered;
  }

  /** Removes a piece that was never handed to {@link #write}, because its caller has failed. */
  private void dropUnfinished() {
    if (unfinished >= 0 && hasGathered()) {
      gathered().writerIndex(unfinished);
    }
    unfinished = NONE;
    if (alone != null) {
      alone.release();
      alone = null;
    }
  }

  /**
   * Writes these bytes and releases them. Small pieces are sent by {@link #flush()}, large ones at
   * once.
   */
  @SuppressWarnings("ReferenceEquality")
  public void write(ByteBuf bytes) {
    if (isGathered(bytes)) {
      unfinished = NONE;
      return;
    }
    if (bytes == alone) {
      alone = null;
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

  /** The same with encryption, a part at a time. */
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

  /** Sends encrypted bytes; what the socket does not take waits in the channel's queue. */
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

  /** Whether the socket has taken all that was written. */
  public boolean isEmpty() {
    return !hasGathered() && isQueueEmpty();
  }

  /** Sends at the end of this turn of the loop, with what is written until then. */
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
   * Moves bytes from another socket to this one inside the kernel (splice), as long as this one
   * takes them.
   *
   * @param most how many bytes of it may be sent
   * @return how many bytes have left the other socket. 0 if none wait there, if bytes wait here, if
   *     the connection is encrypted, if there is no pipe, or if so much waits on the loop that what
   *     the socket does not take (up to a pipe's content) could use up the memory; then the caller
   *     must read and write
   * @throws IOException if bytes have been lost on the way, because this channel has broken
   */
  public long splice(Socket from, long most) throws IOException {
    flush();
    if (socket == null || seal != null || !isQueueEmpty() || backlog.isHigh()) {
      return 0;
    }
    SplicePipe pipe = writeBuffer.pipe();
    if (pipe == null) {
      return 0;
    }
    boolean isEmpty = false;
    try {
      long moved = splice(pipe, from, socket, most);
      isEmpty = true;
      return moved;
    } finally {
      if (!isEmpty) { // whatever has happened, these bytes are not for the next connection
        writeBuffer.replace(pipe);
      }
    }
  }

  private long splice(SplicePipe pipe, Socket from, Socket to, long most) throws IOException {
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

  /** Ends the channel's output after everything has been sent. */
  public void end() {
    if (seal != null) {
      seal.end();
    }
    ((DuplexChannel) channel).shutdownOutput();
  }

  /** Makes the coming close a reset, so that the peer does not take a part for the whole. */
  public void breakOff() {
    if (seal != null) {
      seal.breakOff();
    }
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
  }

  /** Discards unsent bytes, because the channel closes. */
  public void discard() {
    dropUnfinished();
    if (hasGathered()) {
      leave();
    }
    dropTail();
  }

  /** Moves the gathered bytes into the channel's queue. */
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

  /** Gives the piece back. */
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

  /** Whether the channel's queue is empty. */
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
      // the engine has a message to send first, or is not open, which the channel then reports
      queueRest(sent);
      flush();
      return;
    }
    leave();
    sendSealed(seal, sealed, sent);
    flushQueue();
  }

  /**
   * How many bytes the socket takes at once; a failure shows again when the rest is written.
   *
   * <p>A closed one takes none: its descriptor's number may be another connection's already.
   */
  private int sendNow(ByteBuf bytes) {
    if (socket == null || !socket.isOpen()) {
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
    if (socket == null || !socket.isOpen()) {
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
    if (channel.unsafe().outboundBuffer() == null) {
      queue(bytes, null); // fails now: the channel is closed, and nobody may flush any more
    } else if (bytes.readableBytes() <= LoopWriteBuffer.SIZE) {
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

  /** Counts bytes that are about to be written into the channel's queue. */
  private ChannelPromise counted(ByteBuf bytes, @Nullable ChannelPromise sent) {
    int size = bytes.readableBytes();
    ChannelPromise promise = sent == null ? channel.newPromise() : sent;
    queued = true;
    await(size);
    promise.addListener(
        taken -> {
          left(size, taken.isSuccess());
          if (!taken.isSuccess() && sent == null) {
            // a channel that never became active only fails its writes, and reports nothing else
            channel.pipeline().fireExceptionCaught(taken.cause());
          }
        });
    return promise;
  }

  private void await(int more) {
    waiting += more;
    backlog.add(more);
  }

  /** Bytes have been sent from the channel's queue, or have failed. */
  private void left(int size, boolean sent) {
    await(-size);
    if (!sent) {
      dropTail();
    } else if (isQueueIdle()) {
      queueTail();
      flushQueue();
    }
    if (full && waiting <= (backlog.isHigh() ? 0 : maxWaiting / 2)) {
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
