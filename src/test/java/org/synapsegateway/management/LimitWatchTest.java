// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.TestGateway;
import org.synapsegateway.fleet.Events;
import org.synapsegateway.fleet.TestFleet;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;

/** Requests that wait, because their worker has as many as it may. */
class LimitWatchTest {
  private static final String REQUEST = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";

  @TempDir Path directory;
  private final CountDownLatch mayAnswer = new CountDownLatch(1);
  private ScriptedWorker main;
  private TestGateway gateway;

  @BeforeEach
  void start() throws IOException {
    Path routes = TestFleet.routes(directory);
    Path file = routes.resolve("all.camel.yaml");
    String yaml = Files.readString(file);
    Files.writeString(file, yaml.replace("main.sock", "main.sock?maxInFlight=1&queue=2"));
    main =
        ScriptedWorker.at(
            directory.resolve("main.sock"),
            connection -> {
              while (connection.nextRequest() != null) {
                connection.await(mayAnswer);
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nm");
              }
            });
    gateway = TestGateway.withRoutes(routes);
  }

  @AfterEach
  void stop() {
    mayAnswer.countDown();
    gateway.close();
    main.close();
  }

  @Test
  void requestsThatWaitAndRequestsThatAreRefusedAreToldOnceEach() throws Exception {
    try (RawClient first = gateway.client();
        RawClient second = gateway.client();
        RawClient third = gateway.client();
        RawClient fourth = gateway.client()) {
      List<RawClient> clients = List.of(first, second, third);
      for (RawClient client : clients) {
        client.send(REQUEST);
      }
      await().until(() -> main(gateway).waiting() == 2);
      assertThat(fourth.exchange(REQUEST).status()).isEqualTo(429);
      mayAnswer.countDown();
      for (RawClient client : clients) {
        assertThat(client.readReply().content()).isEqualTo("m");
      }
      await().until(() -> limits(gateway).size() == 2);
      assertThat(main(gateway).figures().waits()).isEqualTo(2);
      assertThat(status(gateway).all().refused()).isEqualTo(1);
      assertThat(limits(gateway))
          .containsExactlyInAnyOrder(
              "has as many requests in flight as it may (maxInFlight=1): others wait",
              "requests are refused, as a limit is reached");
    }
  }

  private static Status status(TestGateway gateway) throws IOException {
    return Json.read(gateway.manage("GET", "/observe/status").body(), Status.class);
  }

  private static Status.OfWorker main(TestGateway gateway) throws IOException {
    return status(gateway).groups().get(2).workers().get(0);
  }

  private static List<String> limits(TestGateway gateway) throws IOException {
    return status(gateway).events().stream()
        .filter(event -> event.kind().equals("limit"))
        .map(Events.Event::text)
        .toList();
  }
}
