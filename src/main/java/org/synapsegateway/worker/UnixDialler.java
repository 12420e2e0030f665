// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import io.netty.channel.Channel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.AFUNIXSocketChannel;
import org.newsclub.net.unix.FileDescriptorCast;
import org.synapsegateway.net.Loop;

/**
 * Opens connections to one UNIX socket, without ever blocking.
 *
 * <p>{@link #dial} returns a connected channel that is not yet registered with an event loop, or
 * null if the listener's backlog is full (EAGAIN), so that a later attempt may succeed. It throws
 * if no process listens, and {@link OutOfDescriptorsException} if no descriptor is left. Safe for
 * any thread.
 */
interface UnixDialler extends Dialler {
  @Nullable Channel dial() throws IOException;

  @Override
  default void dial(Loop loop, long millis, Caller caller) throws OutOfDescriptorsException {
    Channel channel;
    try {
      channel = dial();
    } catch (OutOfDescriptorsException e) {
      throw e;
    } catch (IOException e) {
      caller.failed(e);
      return;
    }
    if (channel == null) {
      caller.busy();
    } else {
      caller.connected(channel);
    }
  }

  /** The best dialler that this machine has. */
  static UnixDialler of(String path) {
    return Epoll.isAvailable() ? new Native(path) : new Portable(path);
  }

  /** junixsocket connects, and Netty's native epoll transport carries the descriptor. */
  final class Native implements UnixDialler {
    private final Path path;

    // made once, because it takes several objects; not in the constructor, because a path may be
    // too long
    private volatile @Nullable AFUNIXSocketAddress address;

    Native(String path) {
      this.path = Path.of(path);
    }

    @Override
    public @Nullable Channel dial() throws IOException {
      AFUNIXSocketChannel socket = open();
      try {
        if (!socket.connect(address())) {
          socket.close();
          return null;
        }
        return handOver(socket.getFileDescriptor());
      } catch (IOException e) {
        socket.close();
        throw e;
      }
    }

    private AFUNIXSocketAddress address() throws SocketException {
      AFUNIXSocketAddress known = address;
      if (known == null) {
        known = AFUNIXSocketAddress.of(path);
        address = known;
      }
      return known;
    }

    private static AFUNIXSocketChannel open() throws IOException {
      AFUNIXSocketChannel socket = AFUNIXSocketChannel.open();
      try {
        socket.configureBlocking(false);
        return socket;
      } catch (IOException e) {
        socket.close();
        // junixsocket says "Not open" here where socket(2) has failed, because no descriptor is
        // left
        throw new OutOfDescriptorsException();
      }
    }

    /**
     * Moves a connection from junixsocket to Netty.
     *
     * <p>The close of a junixsocket socket shuts the connection down for all descriptors. So only
     * its stream is closed, which is a plain close(2) of one descriptor.
     */
    private static Channel handOver(FileDescriptor socket) throws IOException {
      FileDescriptor duplicate = duplicate(socket);
      int number = FileDescriptorCast.using(duplicate).as(Integer.class);
      FileDescriptorCast.using(socket).as(FileOutputStream.class).close();
      return new EpollDomainSocketChannel(number);
    }

    private static FileDescriptor duplicate(FileDescriptor socket) throws IOException {
      try {
        return FileDescriptorCast.duplicating(socket).as(FileDescriptor.class);
      } catch (SocketException e) {
        // dup(2) of an open descriptor fails only if no other is left
        throw new OutOfDescriptorsException();
      }
    }
  }

  /** The JDK's own UNIX sockets on NIO event loops, for machines without epoll. */
  final class Portable implements UnixDialler {
    private final UnixDomainSocketAddress address;

    Portable(String path) {
      this.address = UnixDomainSocketAddress.of(path);
    }

    @Override
    public @Nullable Channel dial() throws IOException {
      SocketChannel socket = open();
      try {
        socket.configureBlocking(false);
        if (!socket.connect(address)) {
          socket.close();
          return null;
        }
        return new NioDomainSocketChannel(null, socket);
      } catch (ConnectException e) {
        socket.close();
        throw e;
      } catch (SocketException e) {
        socket.close();
        // the JDK has no other way to tell EAGAIN from ENOENT
        if (Files.exists(address.getPath())) {
          return null;
        }
        throw e;
      } catch (IOException e) {
        socket.close();
        throw e;
      }
    }

    private static SocketChannel open() throws IOException {
      try {
        return SocketChannel.open(StandardProtocolFamily.UNIX);
      } catch (SocketException e) {
        throw new OutOfDescriptorsException();
      }
    }
  }
}
