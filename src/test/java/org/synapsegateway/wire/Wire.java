// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.wire;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * One end of a connected stream socket, TCP or UNIX: writes exact bytes, reads exact bytes, and
 * knows how its peer ended.
 *
 * <p>Every operation that waits has a deadline of {@link #PATIENCE} unless it is given another, and
 * fails with {@link SocketTimeoutException} when it passes. Nothing is read from the kernel before
 * somebody asks for it, so an end that nobody reads exerts back-pressure. {@link #pull()}, {@link
 * #receivedBytes()} and {@link #close()} are safe for any thread; otherwise one thread may read
 * while another writes.
 */
public final class Wire implements AutoCloseable {
  /** Far longer than anything here takes: passing it is a failure, never a measurement. */
  public static final Duration PATIENCE = Duration.ofSeconds(10);

  /** How much is read from the kernel at once, so that a fast peer cannot fill the memory. */
  private static final int READ_SIZE = 64 * 1024;

  /** How the peer ended its side. */
  public enum End {
    /** It has not. */
    NONE,
    /** In good order. */
    CLOSED,
    /** With a reset: what it had not read, or what was on its way, is lost. */
    RESET
  }

  private final SocketChannel channel;
  private final Selector readable;
  private Selector writable;
  private byte[] bytes = new byte[1024];
  private int from;
  private int to;
  private long received;
  private End end = End.NONE;
  private Duration patience = PATIENCE;

  Wire(SocketChannel channel) throws IOException {
    this.channel = channel;
    channel.configureBlocking(false);
    readable = Selector.open();
    channel.register(readable, SelectionKey.OP_READ);
  }

  /** Replaces {@link #PATIENCE} as the deadline of all that waits on this wire. */
  public void setPatience(Duration patience) {
    this.patience = patience;
  }

  // ---- writing

  /** Writes all of the text. */
  public void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Writes all of the bytes, waiting for the peer to make room. */
  public void send(byte[] data) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(data);
    Deadline deadline = new Deadline(patience);
    while (out.hasRemaining()) {
      int written = channel.write(out);
      if (written > 0) {
        deadline = new Deadline(patience);
      } else if (!select(writable(), deadline)) {
        throw new SocketTimeoutException(
            "the peer took only " + out.position() + " of " + data.length + " bytes");
      }
    }
  }

  /** Writes what the peer has room for now; returns how many bytes that were. */
  public int sendSome(byte[] data, int offset) throws IOException {
    return channel.write(ByteBuffer.wrap(data, offset, data.length - offset));
  }

  /** Ends the output; the peer sees the end of its input, and can still write. */
  public void endOutput() throws IOException {
    channel.shutdownOutput();
  }

  /** Ends the input; a peer that sends more on a UNIX socket gets an error. */
  void endInput() throws IOException {
    channel.shutdownInput();
  }

  /** Makes {@link #close()} reset a TCP connection instead of ending it in good order. */
  void resetOnClose() throws IOException {
    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
  }

  // ---- reading

  /** Reads exactly this many bytes. */
  public String take(int count) throws IOException {
    while (buffered() < count) {
      more(() -> count + " bytes were wanted");
    }
    return consume(count);
  }

  /** Reads up to and with the delimiter. */
  public String takeThrough(String delimiter) throws IOException {
    byte[] wanted = delimiter.getBytes(StandardCharsets.ISO_8859_1);
    int searched = 0;
    while (true) {
      synchronized (this) {
        for (int at = from + searched; at + wanted.length <= to; at++) {
          if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
            return consume(at + wanted.length - from);
          }
        }
        searched = Math.max(0, to - from - wanted.length + 1);
      }
      more(() -> "the end of a line or head was wanted");
    }
  }

  /** Reads all that comes until the peer ends; how it ended tells {@link #end()}. */
  public String takeAll() throws IOException {
    while (end() == End.NONE) {
      more(() -> "the end of the connection was wanted");
    }
    return consume(buffered());
  }

  /** Reads what there is, at least one byte, into an array; -1 if the peer has ended. */
  public int takeSome(byte[] into) throws IOException {
    while (buffered() == 0) {
      if (end() != End.NONE) {
        return -1;
      }
      more(() -> "anything was wanted");
    }
    synchronized (this) {
      int count = Math.min(into.length, to - from);
      System.arraycopy(bytes, from, into, 0, count);
      from += count;
      return count;
    }
  }

  /** Waits until the peer has ended; what it sends before stays readable. */
  public End awaitEnd() throws IOException {
    return awaitEnd(patience);
  }

  /** Waits until the peer has ended or the time has passed, which is {@link End#NONE}. */
  public End awaitEnd(Duration patience) throws IOException {
    return await(patience, () -> end() != End.NONE) ? end() : End.NONE;
  }

  /** Waits until there is a byte to take or the peer has ended; false if the time passed before. */
  public boolean awaitInput(Duration patience) throws IOException {
    return await(patience, () -> buffered() > 0 || end() != End.NONE);
  }

  /** Waits until something can be read, without reading it. */
  void awaitReadable() throws IOException {
    if (!select(readable, new Deadline(patience))) {
      throw new SocketTimeoutException("the peer sent nothing");
    }
  }

  /** Takes over what the kernel holds, without waiting. */
  public void pull() {
    boolean more = fill() > 0;
    boolean any = more;
    while (more) {
      more = fill() > 0;
    }
    if (any || end() != End.NONE) {
      readable.wakeup();
    }
  }

  /** What has been read and not yet taken. */
  public synchronized String unread() {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }

  /** How the peer has ended, as far as has been read. */
  public synchronized End end() {
    return end;
  }

  /** All bytes that ever came, taken or not, with those the kernel holds at this moment. */
  public synchronized long receivedBytes() {
    pull();
    return received;
  }

  SocketChannel channel() {
    return channel;
  }

  @Override
  public void close() {
    try {
      // the selectors first: a channel that is registered with one is not closed but shut down
      readable.close();
      if (writable != null) {
        writable.close();
      }
      channel.close();
    } catch (IOException e) {
      throw new IllegalStateException("cannot close " + channel, e);
    }
  }

  // ---- the machinery

  private boolean await(Duration patience, BooleanSupplier condition) throws IOException {
    Deadline deadline = new Deadline(patience);
    while (!condition.getAsBoolean()) {
      if (fill() == 0 && end() == End.NONE && !select(readable, deadline)) {
        return condition.getAsBoolean();
      }
    }
    return true;
  }

  private interface Wish {
    String text();
  }

  /** Waits for more bytes or the end; fails if the end has come already. */
  private void more(Wish wish) throws IOException {
    if (end() != End.NONE) {
      throw new EOFException("the peer ended (" + end() + ") where " + wish.text() + got());
    }
    int had = buffered();
    if (!await(patience, () -> buffered() > had || end() != End.NONE)) {
      throw new SocketTimeoutException("nothing more came where " + wish.text() + got());
    }
  }

  private String got() {
    return "; got \"" + Text.show(unread()) + "\"";
  }

  private synchronized int buffered() {
    return to - from;
  }

  private synchronized String consume(int count) {
    String text = new String(bytes, from, count, StandardCharsets.ISO_8859_1);
    from += count;
    return text;
  }

  /** Reads a piece of what the kernel has; returns how many bytes that were. */
  private synchronized int fill() {
    if (end != End.NONE) {
      return 0;
    }
    int read;
    try {
      makeRoom();
      read = channel.read(ByteBuffer.wrap(bytes, to, bytes.length - to));
    } catch (IOException e) {
      end = channel.isOpen() ? End.RESET : End.CLOSED;
      return 0;
    }
    if (read < 0) {
      end = End.CLOSED;
      return 0;
    }
    to += read;
    received += read;
    return read;
  }

  private void makeRoom() {
    if (from > 0) {
      System.arraycopy(bytes, from, bytes, 0, to - from);
      to -= from;
      from = 0;
    }
    if (bytes.length - to < READ_SIZE / 2) {
      bytes = Arrays.copyOf(bytes, Math.max(READ_SIZE, bytes.length * 2));
    }
  }

  private synchronized Selector writable() throws IOException {
    if (writable == null) {
      writable = Selector.open();
      channel.register(writable, SelectionKey.OP_WRITE);
    }
    return writable;
  }

  /** Waits for the channel, or for a wake-up; false if the time has passed. */
  private static boolean select(Selector selector, Deadline deadline) throws IOException {
    long left = deadline.leftMillis();
    if (left <= 0) {
      return false;
    }
    try {
      boolean ready = selector.select(left) > 0;
      selector.selectedKeys().clear();
      return ready || deadline.leftMillis() > 0;
    } catch (ClosedSelectorException e) {
      // closed by another thread; the next read or write tells
      return true;
    }
  }

  private static final class Deadline {
    private final long nanos;

    Deadline(Duration patience) {
      nanos = System.nanoTime() + patience.toNanos();
    }

    long leftMillis() {
      return (nanos - System.nanoTime() + 999_999) / 1_000_000;
    }
  }
}
