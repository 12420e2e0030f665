// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/**
 * A worker's reply to a request for Synapse's {@code /health}.
 *
 * @param well whether it answers with status 200
 * @param detail what came, for people
 */
public record WorkerHealth(boolean well, String detail) {
  private static final byte[] QUESTION =
      "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private static final int STATUS_BEGINS = "HTTP/1.1 ".length();
  private static final int STATUS_ENDS = STATUS_BEGINS + 3;

  /**
   * Asks, over a connection of its own, and waits: not for event loops.
   *
   * @param known where its host is; if it is empty, its name is looked up
   * @param timeoutMillis how long each read may take
   */
  static WorkerHealth of(WorkerAddress address, List<InetAddress> known, int timeoutMillis) {
    return of(address, known, plain -> plain, timeoutMillis);
  }

  /**
   * Asks where the worker is known to be, over TLS if it has it; waits: not for event loops.
   *
   * @param timeoutMillis how long each read may take
   */
  public static WorkerHealth of(WorkerEndpoint worker, int timeoutMillis) {
    return of(worker.address(), worker.networkAddresses(), worker::overTls, timeoutMillis);
  }

  /** What is done with a connection before it carries the question. */
  @FunctionalInterface
  private interface Cover {
    Socket over(Socket plain) throws IOException;
  }

  private static WorkerHealth of(
      WorkerAddress address, List<InetAddress> known, Cover cover, int timeoutMillis) {
    try (Socket plain = connect(address, known, timeoutMillis)) {
      plain.setSoTimeout(timeoutMillis);
      Socket socket = cover.over(plain);
      socket.getOutputStream().write(QUESTION);
      byte[] start = socket.getInputStream().readNBytes(STATUS_ENDS);
      return of(new String(start, StandardCharsets.ISO_8859_1));
    } catch (SocketTimeoutException e) {
      return new WorkerHealth(false, "/health gets no answer in " + timeoutMillis + " ms");
    } catch (IOException e) {
      return new WorkerHealth(false, "/health: " + e.getMessage());
    }
  }

  /** To the first of its host's addresses that accepts. */
  private static Socket connect(WorkerAddress address, List<InetAddress> known, int timeoutMillis)
      throws IOException {
    if (address instanceof WorkerAddress.Unix unix) {
      return connect(
          AFUNIXSocket.newInstance(), AFUNIXSocketAddress.of(unix.path()), timeoutMillis);
    }
    WorkerAddress.Tcp tcp = (WorkerAddress.Tcp) address;
    IOException why = new UnknownHostException(tcp.host());
    for (InetAddress host : known.isEmpty() ? HostLook.addresses(tcp) : known) {
      try {
        return connect(new Socket(), new InetSocketAddress(host, tcp.port()), timeoutMillis);
      } catch (IOException e) {
        why = e;
      }
    }
    throw why;
  }

  private static Socket connect(Socket socket, SocketAddress place, int timeoutMillis)
      throws IOException {
    try {
      socket.connect(place, timeoutMillis);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static WorkerHealth of(String start) {
    if (start.length() < STATUS_ENDS || !start.startsWith("HTTP/1.")) {
      return new WorkerHealth(false, "/health gets no HTTP");
    }
    String status = start.substring(STATUS_BEGINS);
    return new WorkerHealth(status.equals("200"), "/health answers " + status);
  }
}
