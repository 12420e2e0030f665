// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.demo;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Workers on UNIX sockets for a {@link Training}. They use blocking channels of the JDK, because
 * Netty in both roles would blur what Java learns about the gateway's own use of it.
 *
 * <p>Safe for any thread.
 */
final class TrainingWorkers implements AutoCloseable {
  private static final long HOLD_MILLIS = 20;
  private static final byte[] SMALL =
      "{\"next_batch\":\"s72595_4483_1934\",\"rooms\":{}}".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LARGE = new byte[64 * 1024];

  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<ServerSocketChannel> servers = new ArrayList<>();
  private final List<Path> sockets = new ArrayList<>();

  /** Starts a worker for each name; worker {@code x1} listens on {@code inbound_x1.sock}. */
  TrainingWorkers(Path directory, List<String> names) throws IOException {
    for (String name : names) {
      Path socket = directory.resolve("inbound_" + name + ".sock");
      ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      servers.add(server);
      server.bind(UnixDomainSocketAddress.of(socket));
      sockets.add(socket);
      daemon(() -> accept(server));
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "training-worker");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept(ServerSocketChannel server) {
    try {
      while (true) {
        SocketChannel connection = server.accept();
        daemon(() -> serve(connection));
      }
    } catch (IOException e) {
      // closed at the end of the training
    }
  }

  private void serve(SocketChannel connection) {
    try (connection) {
      InputStream in = new BufferedInputStream(Channels.newInputStream(connection));
      OutputStream out = Channels.newOutputStream(connection);
      for (String head = TrainingHttp.head(in); !head.isEmpty(); head = TrainingHttp.head(in)) {
        TrainingHttp.skipBody(in, head);
        answer(head, out);
      }
    } catch (IOException e) {
      // the gateway closed the connection
    }
  }

  private void answer(String head, OutputStream out) throws IOException {
    if (head.contains("timeout=30000")) {
      hold();
    }
    boolean large = head.contains("/download/");
    byte[] body = large ? LARGE : SMALL;
    boolean chunked = head.contains("/messages");
    String fields =
        """
        HTTP/1.1 200 OK
        Server: Synapse/1.163.2
        Date: Sun, 29 Nov 2026 08:00:00 GMT
        Content-Type: %s
        Access-Control-Allow-Origin: *
        Cache-Control: no-cache, no-store, must-revalidate
        %s

        """
            .formatted(
                large ? "application/octet-stream" : "application/json",
                chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + body.length)
            .replace("\n", "\r\n");
    out.write(fields.getBytes(StandardCharsets.US_ASCII));
    if (head.startsWith("HEAD ")) {
      return;
    }
    if (chunked) {
      String size = Integer.toHexString(body.length).toLowerCase(Locale.ROOT);
      out.write((size + "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(body);
      out.write("\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    } else {
      out.write(body);
    }
  }

  private void hold() {
    try {
      closed.await(HOLD_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    for (ServerSocketChannel server : servers) {
      server.close();
    }
    for (Path socket : sockets) {
      Files.deleteIfExists(socket);
    }
  }
}
