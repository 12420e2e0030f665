// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** The worst proxy: each client's bytes go to the main worker as they are, and back. */
final class Pipe implements ProxyUnderTest {
  private final Path directory = Files.createTempDirectory(Path.of("/tmp"), "pipe");
  private final ServerSocketChannel listener = ServerSocketChannel.open();

  Pipe() throws IOException {
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    start(this::acceptAll);
  }

  private void acceptAll() {
    try {
      while (true) {
        SocketChannel client = listener.accept();
        SocketChannel worker = SocketChannel.open(StandardProtocolFamily.UNIX);
        if (connect(worker)) {
          start(() -> copy(client, worker));
          start(() -> copy(worker, client));
        } else {
          client.close();
        }
      }
    } catch (IOException e) {
      // the pipe is closed
    }
  }

  private boolean connect(SocketChannel worker) {
    try {
      return worker.connect(UnixDomainSocketAddress.of(directory.resolve("inbound_main.sock")));
    } catch (IOException e) {
      return false;
    }
  }

  private static void copy(SocketChannel from, SocketChannel to) {
    ByteBuffer bytes = ByteBuffer.allocate(8192);
    try (from;
        to) {
      while (from.read(bytes.clear()) >= 0) {
        bytes.flip();
        while (bytes.hasRemaining()) {
          to.write(bytes);
        }
      }
    } catch (IOException e) {
      // one side has gone, so both go
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "pipe");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public String name() {
    return "pipe";
  }

  @Override
  public int port() {
    return listener.socket().getLocalPort();
  }

  @Override
  public Path workersDirectory() {
    return directory;
  }

  @Override
  public boolean isExact() {
    return false;
  }

  @Override
  public void close() {
    try {
      listener.close();
      Files.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
