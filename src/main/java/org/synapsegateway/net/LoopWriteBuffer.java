// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.IovArray;
import org.jspecify.annotations.Nullable;

/**
 * The memory in which one event loop gathers what it sends with one system call.
 *
 * <p>All connections of a loop share one buffer. Pending bytes are sent, or moved out, before
 * another connection uses it. Confined to one event loop.
 */
public final class LoopWriteBuffer {
  /** Room for nearly every head with a small body. */
  static final int SIZE = 16 * 1024;

  /** Four full TLS records, which is mostly what a socket takes at once. */
  static final int SEALED_SIZE = 4 * 19 * 1024;

  private @Nullable ByteBuf buffer;
  private @Nullable ByteBuf sealed;
  private @Nullable IovArray vector;
  private @Nullable Pipe pipe;

  /** The connection whose bytes are pending; null if there are none. */
  private @Nullable CoalescingWriter owner;

  /** The buffer, for this owner; the bytes of another owner are moved out first. */
  ByteBuf of(CoalescingWriter writer) {
    ByteBuf memory = buffer;
    if (memory == null) {
      memory = Unpooled.directBuffer(SIZE);
      buffer = memory;
    }
    if (owner != writer) {
      take(writer);
    }
    return memory;
  }

  private void take(CoalescingWriter writer) {
    if (owner != null) {
      owner.moveOut();
    }
    owner = writer;
  }

  boolean isOf(CoalescingWriter writer) {
    return owner == writer;
  }

  /** Gives the memory back, empty. */
  void leave() {
    owner = null;
    if (buffer != null && buffer.clear().capacity() > SIZE) {
      buffer.capacity(SIZE);
    }
  }

  /** The memory for bytes that are encrypted and sent at once; empty, without an owner. */
  ByteBuf sealed() {
    if (sealed == null) {
      sealed = Unpooled.directBuffer(SEALED_SIZE);
    }
    return sealed.clear();
  }

  /** The loop's array for a writev(2), which is empty. */
  IovArray vector() {
    if (vector == null) {
      vector = new IovArray();
    }
    vector.clear();
    return vector;
  }

  /** Opens the pipe now, because later clients may have used up all descriptors. */
  void open() {
    if (Epoll.isAvailable()) {
      pipe = Pipe.open();
    }
  }

  /** The loop's pipe, which is empty; null if there was no descriptor for one. */
  @Nullable Pipe pipe() {
    return pipe;
  }

  /** Replaces a pipe that is not empty any more. */
  void replace(Pipe old) {
    old.close();
    pipe = Pipe.open();
  }

  /** Frees the memory, once the loop has ended. */
  void free() {
    if (buffer != null) {
      buffer.release();
    }
    if (sealed != null) {
      sealed.release();
    }
    if (vector != null) {
      vector.release();
    }
    if (pipe != null) {
      pipe.close();
    }
  }
}
