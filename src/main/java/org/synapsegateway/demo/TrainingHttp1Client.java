// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.demo;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.List;

/**
 * A client that asks a list of requests again and again by HTTP/1.1, on connections that last for
 * some rounds.
 *
 * <p>Confined to one thread.
 */
final class TrainingHttp1Client implements TrainingClient {
  private static final int ROUNDS_OF_A_CONNECTION = 8;

  /** Opens a connection to the gateway. */
  @FunctionalInterface
  interface Dialler {
    Socket open() throws IOException;
  }

  private final Dialler dialler;
  private final List<byte[]> requests;

  TrainingHttp1Client(Dialler dialler, List<TrainingRequest> requests) {
    this.dialler = dialler;
    this.requests = requests.stream().map(TrainingRequest::bytes).toList();
  }

  @Override
  public int askUntil(long end) throws IOException {
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
}
