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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.cli.Commands;
import org.synapsegateway.management.Json;
import org.synapsegateway.process.Reloaded;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;

/** The command {@code reload}, asked of a gateway that does not watch its files. */
class ReloadCommandTest {
  private static final String PORT = "management.port";
  private static final String FRONT =
      """
      - beans:
          - name: ring
            type: org.synapsegateway.loadbalance.ConsistentHash
      """
          + TestRoutes.front(
              """
              - loadBalance:
                  customLoadBalancer:
                    ref: ring
                  steps:
              """);

  @TempDir Path directory;
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream told = new ByteArrayOutputStream();
  private final ByteArrayOutputStream complained = new ByteArrayOutputStream();
  private Path file;
  private ScriptedWorker one;
  private ScriptedWorker two;
  private TestGateway gateway;

  @BeforeEach
  void start() throws Exception {
    one = worker("one");
    two = worker("two");
    file = Files.createDirectory(directory.resolve("routes")).resolve("front.camel.yaml");
    write("one");
    System.setProperty("management.token-file", TestGateway.TOKEN.toString());
    // the gateway of this process reads the property too, and is not to see it change
    try (ServerSocket free = new ServerSocket(0)) {
      System.setProperty(PORT, Integer.toString(free.getLocalPort()));
    }
    gateway =
        TestGateway.withRoutes(
            file.getParent(), "camel.main.routesReloadDirectory", file.getParent().toString());
  }

  @AfterEach
  void stop() {
    System.clearProperty(PORT);
    System.clearProperty("management.token-file");
    gateway.close();
    one.close();
    two.close();
  }

  private ScriptedWorker worker(String name) throws IOException {
    String reply = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + name;
    return ScriptedWorker.at(directory.resolve(name + ".sock"), ScriptedWorker.replying(reply));
  }

  private void write(String... workers) throws IOException {
    StringBuilder text = new StringBuilder(FRONT);
    for (String worker : workers) {
      text.append("              - to: worker:unix:%s/%s.sock%n".formatted(directory, worker));
    }
    Files.writeString(file, text);
  }

  private int reload(String... options) {
    System.setOut(new PrintStream(told, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
    try {
      return Commands.run(
          Stream.concat(Stream.of("reload"), Stream.of(options)).toArray(String[]::new));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  /** What was printed, without the log of the gateway, which is in the same process here. */
  private String told() {
    return told.toString(StandardCharsets.UTF_8)
        .replaceAll("(?m)^20.* (INFO|ERROR|WARN) .*\\R", "");
  }

  @Test
  void scriptsReadWhatHasChanged() throws Exception {
    write("one", "two");
    assertThat(reload("--json")).isZero();
    Reloaded done = Json.read(told(), Reloaded.class);
    assertThat(done.routes()).isEqualTo(1);
    assertThat(done.changes()).isNotEmpty();
    assertThat(done.error()).isNull();
  }

  private String answer() throws IOException {
    try (RawClient client = gateway.client()) {
      return client.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n").content();
    }
  }

  @Test
  void itTellsWhichWorkersAndHowManyKeysHaveMoved() throws Exception {
    assertThat(answer()).isEqualTo("one");
    write("two");
    assertThat(reload()).isZero();
    assertThat(told())
        .isEqualTo(
            "Reloaded: 1 routes serve from now on; %s changed; group front: +two, -one, 100.0 %% of its keys move%n"
                .formatted(file));
    assertThat(answer()).isEqualTo("two");
    assertThat(gateway.metrics()).contains("gateway_reloads_total{outcome=\"loaded\"} 1.0\n");
  }

  @Test
  void aWorkerMoreMovesAPartOfTheKeys() throws Exception {
    write("one", "two");
    assertThat(reload()).isZero();
    assertThat(told()).containsPattern("group front: \\+two, [3-6]\\d\\.\\d % of its keys move\n$");
  }

  @Test
  void itLoadsAlsoWhatHasNotChanged() {
    assertThat(reload()).isZero();
    assertThat(told()).isEqualTo("Reloaded: 1 routes serve from now on; nothing has changed\n");
  }

  @Test
  void anErrorIsToldWithItsPlaceAndChangesNothing() throws Exception {
    Files.writeString(file, Files.readString(file).replace("to: worker:", "too: worker:"));
    assertThat(reload()).isEqualTo(1);
    assertThat(told()).isEmpty();
    assertThat(complained.toString(StandardCharsets.UTF_8))
        .startsWith(file + ":16:")
        .contains("unknown step \"too\"");
    assertThat(answer()).isEqualTo("one");
    assertThat(gateway.metrics()).contains("gateway_reloads_total{outcome=\"refused\"} 1.0\n");
  }

  /** A web server, and the gateway's other port. */
  @ParameterizedTest
  @ValueSource(strings = {"200 <html>", "502 {\"errcode\":\"M_UNKNOWN\",\"error\":\"no\"}"})
  void itTellsThatWhoAnswersIsNoGateway(String reply) throws Exception {
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.createContext(
        "/",
        exchange -> {
          byte[] page = reply.substring(4).getBytes(StandardCharsets.US_ASCII);
          exchange.sendResponseHeaders(Integer.parseInt(reply.substring(0, 3)), page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    other.start();
    try {
      System.setProperty(PORT, Integer.toString(other.getAddress().getPort()));
      assertThat(reload()).isEqualTo(1);
      assertThat(complained.toString(StandardCharsets.UTF_8))
          .isEqualTo(
              "What answers at 127.0.0.1:%d (management.host, management.port) is no gateway [no-gateway]%n"
                  .formatted(other.getAddress().getPort()));
    } finally {
      other.stop(0);
    }
  }
}
