// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernel's pipe through which bytes go from one socket to another without being copied.
 *
 * <p>Linux only. Empty between two uses, so one serves all connections of an event loop. Confined
 * to one event loop. See splice(2).
 */
final class SplicePipe {
  private static final Logger LOG = LoggerFactory.getLogger(SplicePipe.class);

  /** Linux's default size of a pipe. */
  private static final int CAPACITY = 64 * 1024;

  private final FileDescriptor out;
  private final FileDescriptor in;

  private SplicePipe(FileDescriptor out, FileDescriptor in) {
    this.out = out;
    this.in = in;
  }

  /** A new pipe; null if there are no descriptors for it. */
  static @Nullable SplicePipe open() {
    try {
      FileDescriptor[] ends = FileDescriptor.pipe();
      return new SplicePipe(ends[0], ends[1]);
    } catch (IOException e) {
      LOG.debug("No pipe can be opened, large bodies are copied", e);
      return null;
    }
  }

  /**
   * Moves what waits in a socket into the pipe, up to a limit; returns 0 if nothing waits, or if
   * the input has ended. A closed socket gives nothing: its descriptor's number may be another
   * connection's already.
   */
  int take(Socket from, long most) throws IOException {
    if (!from.isOpen()) {
      return 0;
    }
    return Native.splice(from.intValue(), -1, in.intValue(), -1, Math.min(most, CAPACITY));
  }

  /** Moves this number of taken bytes into a socket; returns how many fitted. */
  int give(Socket to, int count) throws IOException {
    int given = 0;
    int more = to.isOpen() ? 1 : 0;
    while (given < count && more > 0) {
      more = Native.splice(out.intValue(), -1, to.intValue(), -1, count - given);
      given += more;
    }
    return given;
  }

  /** Reads back this number of bytes that did not fit. */
  ByteBuf rest(int count, ByteBufAllocator allocator) throws IOException {
    ByteBuf rest = allocator.ioBuffer(count, count);
    boolean whole = false;
    try {
      while (rest.isWritable()) {
        ByteBuffer room = rest.internalNioBuffer(rest.writerIndex(), rest.writableBytes());
        int read = out.read(room, room.position(), room.limit());
        if (read <= 0) {
          throw new IOException("the pipe has lost bytes");
        }
        rest.writerIndex(rest.writerIndex() + read);
      }
      whole = true;
      return rest;
    } finally {
      if (!whole) {
        rest.release();
      }
    }
  }

  /** Closes both ends; what is still in it is lost. */
  void close() {
    close(out);
    close(in);
  }

  private static void close(FileDescriptor end) {
    try {
      end.close();
    } catch (IOException e) {
      LOG.debug("A pipe does not close", e);
    }
  }
}
