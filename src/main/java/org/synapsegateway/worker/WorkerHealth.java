package org.synapsegateway.worker;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/**
 * What a worker says when it is asked for Synapse's {@code /health}.
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
   * @param patienceMillis how long each read may take
   */
  public static WorkerHealth of(Path path, int patienceMillis) {
    try (AFUNIXSocket socket = AFUNIXSocket.newInstance()) {
      socket.setSoTimeout(patienceMillis);
      socket.connect(AFUNIXSocketAddress.of(path), patienceMillis);
      socket.getOutputStream().write(QUESTION);
      byte[] start = socket.getInputStream().readNBytes(STATUS_ENDS);
      return of(new String(start, StandardCharsets.ISO_8859_1));
    } catch (SocketTimeoutException e) {
      return new WorkerHealth(false, "/health gets no answer in " + patienceMillis + " ms");
    } catch (IOException e) {
      return new WorkerHealth(false, "/health: " + e.getMessage());
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
