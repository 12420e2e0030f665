// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.demo;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A client that asks a list of requests again and again, on connections that last for some rounds.
 *
 * <p>Confined to one thread.
 */
final class TrainingClient {
  private static final int ROUNDS_OF_A_CONNECTION = 8;

  /** Opens a connection to the gateway. */
  @FunctionalInterface
  interface Dialler {
    Socket open() throws IOException;
  }

  private final Dialler dialler;
  private final List<byte[]> requests;

  TrainingClient(Dialler dialler, List<byte[]> requests) {
    this.dialler = dialler;
    this.requests = requests;
  }

  /** Asks until a moment of {@link System#nanoTime}; returns how many replies came. */
  int askUntil(long end) throws IOException {
    int replies = 0;
    while (System.nanoTime() - end < 0) {
      try (Socket socket = dialler.open()) {
        InputStream in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
        for (int round = 0; round < ROUNDS_OF_A_CONNECTION; round++) {
          for (byte[] request : requests) {
            socket.getOutputStream().write(request);
            readReply(in, request[0] == 'H');
            replies++;
          }
        }
      }
    }
    return replies;
  }

  private static void readReply(InputStream in, boolean toHead) throws IOException {
    String head = TrainingHttp.head(in);
    if (head.isEmpty()) {
      throw new EOFException("a connection ended before its reply");
    }
    if (!toHead) {
      TrainingHttp.skipBody(in, head);
    }
  }

  /** A request of a user for a target, with or without a body. */
  static byte[] request(String method, String target, int user, String body) {
    String length = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\n";
    String text =
        """
        %s %s HTTP/1.1
        Host: matrix.example
        Accept: application/json
        Accept-Encoding: gzip, deflate, br
        Authorization: Bearer syt_dXNlcg%d_abcdefghijklmnopqrst_0abcde
        User-Agent: Element/1.11.89 (Linux; U; Android 14; Pixel 8; MatrixAndroidSdk2 1.6.24)
        %s
        """
            .formatted(method, target, user, length)
            .replace("\n", "\r\n");
    return (text + body).getBytes(StandardCharsets.US_ASCII);
  }
}
