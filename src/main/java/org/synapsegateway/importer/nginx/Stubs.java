// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.IntFunction;

/**
 * What listens where a site's workers would, and answers with what it was asked: its number, the
 * target, and the fields with keys, in hexadecimal digits.
 *
 * <p>One thread serves all, a request a connection.
 */
final class Stubs implements AutoCloseable {
  private static final int MAX_HEAD = 256 * 1024;

  private final Selector selector = Selector.open();
  private final Thread thread = new Thread(this::run, "stubs");

  private Stubs() throws IOException {}

  static Stubs start(Collection<Integer> numbers, IntFunction<Path> sockets) throws IOException {
    Stubs stubs = new Stubs();
    for (int number : numbers) {
      Path socket = sockets.apply(number);
      ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      channel.bind(UnixDomainSocketAddress.of(socket));
      // nginx runs as nobody if we are root
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
      channel.configureBlocking(false);
      channel.register(stubs.selector, SelectionKey.OP_ACCEPT, number);
    }
    stubs.thread.setDaemon(true);
    stubs.thread.start();
    return stubs;
  }

  private void run() {
    try {
      while (selector.isOpen()) {
        selector.select(this::accept);
      }
    } catch (IOException | ClosedSelectorException e) {
      return; // closed
    }
  }

  private void accept(SelectionKey key) {
    try (SocketChannel channel = ((ServerSocketChannel) key.channel()).accept()) {
      if (channel != null) {
        serve(channel, (Integer) key.attachment());
      }
    } catch (IOException e) {
      return; // nginx has gone, which whoever asked it sees
    }
  }

  private static void serve(SocketChannel channel, int number) throws IOException {
    StringBuilder head = new StringBuilder();
    ByteBuffer some = ByteBuffer.allocate(8192);
    while (head.indexOf("\r\n\r\n") < 0 && head.length() < MAX_HEAD && channel.read(some) >= 0) {
      head.append(new String(some.array(), 0, some.position(), StandardCharsets.ISO_8859_1));
      some.clear();
    }
    StringBuilder reply = new StringBuilder("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n");
    reply.append("Connection: close\r\nX-Judge-Stub: ").append(number).append("\r\n");
    String start = head.toString().lines().findFirst().orElse("");
    int space = start.indexOf(' ');
    String uri = start.substring(space + 1, Math.max(start.lastIndexOf(' '), space + 1));
    reply.append("X-Judge-Uri: ").append(encoded(uri)).append("\r\n");
    head.toString()
        .lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("x-judge-key-"))
        .forEach(line -> reply.append(encodedField(line)).append("\r\n"));
    ByteBuffer bytes =
        ByteBuffer.wrap(reply.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static String encodedField(String line) {
    int colon = line.indexOf(':');
    return line.substring(0, colon) + ": " + encoded(line.substring(colon + 1).strip());
  }

  private static String encoded(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  static String decoded(String digits) {
    return new String(HexFormat.of().parseHex(digits), StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    try {
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
      selector.close();
      thread.join();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
