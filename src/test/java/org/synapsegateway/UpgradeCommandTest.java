// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.cli.Commands;

/** The exit status of the command {@code upgrade}: the package restarts the gateway if it is 3. */
class UpgradeCommandTest {
  private static final String PORT = "management.port";

  private final PrintStream err = System.err;

  @AfterEach
  void stop() {
    System.clearProperty(PORT);
  }

  private int upgrade(int port) {
    System.setProperty(PORT, Integer.toString(port));
    System.setErr(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
    try {
      return Commands.run("upgrade");
    } finally {
      System.setErr(err);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "401, 1", "403, 1", "409, 1", "429, 1", "500, 1", "503, 1", "404, 3", "405, 3", "501, 3",
  })
  void onlyAGatewayThatCannotBeUpgradedIsToBeRestarted(int status, int exit) throws Exception {
    HttpServer gateway =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    gateway.createContext(
        "/",
        exchange -> {
          byte[] page = "{\"error\":\"no\"}".getBytes(StandardCharsets.US_ASCII);
          exchange.sendResponseHeaders(status, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    gateway.start();
    try {
      assertThat(upgrade(gateway.getAddress().getPort())).isEqualTo(exit);
    } finally {
      gateway.stop(0);
    }
  }

  @Test
  void whereNoGatewayAnswersOneIsToBeStarted() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    assertThat(upgrade(port)).isEqualTo(3);
  }
}
