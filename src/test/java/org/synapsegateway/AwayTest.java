// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/** The shipped routes while workers are away: what clients that do not wait for long make of it. */
class AwayTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  @TempDir Path directory;
  private Path main;

  @BeforeEach
  void nameMain() {
    main = directory.resolve("inbound_main.sock");
  }

  /** The shipped routes, with a main process that is waited for. */
  private TestGateway holding(String... properties) throws Exception {
    Path routes = Files.createDirectory(directory.resolve("routes"));
    try (var files = Files.newDirectoryStream(Path.of("routes"), "*.yaml")) {
      for (Path file : files) {
        Files.writeString(
            routes.resolve(file.getFileName()),
            Files.readString(file).replace("inbound_main.sock?", "inbound_main.sock?hold=60s&"));
      }
    }
    List<String> all = new ArrayList<>(List.of(properties));
    all.addAll(List.of("gateway.workers.directory", directory.toString()));
    return TestGateway.withRoutes(routes, all.toArray(String[]::new));
  }

  private static String restart(int number) {
    return "POST /_matrix/client/unstable/org.matrix.msc4140/delayed_events/x/restart?n="
        + number
        + " HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}";
  }

  /** A call restarts its delayed event again and again, and gives up each time after a moment. */
  @Test
  void noRequestWhoseClientHasGivenUpReachesAMainProcessThatIsBack() throws Exception {
    try (TestGateway gateway = holding();
        RawClient waits = gateway.client()) {
      for (int i = 0; i < 50; i++) {
        try (RawClient gone = gateway.client()) {
          gone.send(restart(i)).awaitTaken();
          assertThat(gone.wire().unread()).isEmpty();
          if (i % 3 == 0) {
            gone.reset();
          }
        }
      }
      waits.send(restart(50)).awaitTaken();
      await().until(() -> gateway.frontDoor().connectionCount() == 1);
      try (ScriptedWorker back = ScriptedWorker.at(main, ScriptedWorker.replying(OK))) {
        assertThat(waits.readReply().content()).isEqualTo("ok");
        assertThat(back.requests())
            .extracting(RawMessage::target)
            .hasSize(1)
            .allMatch(t -> t.endsWith("n=50"));
        assertThat(back.connections()).hasSize(1);
      }
    }
  }

  @Test
  void whoHasGivenUpWhileOthersWereServedTakesNobodysTurn() throws Exception {
    try (TestGateway gateway = holding("gateway.event-loops", "1");
        RawClient first = gateway.client();
        RawClient last = gateway.client()) {
      first.send(restart(0)).awaitTaken();
      List<RawClient> gone = new ArrayList<>();
      for (int i = 1; i <= 20; i++) {
        gone.add(gateway.client().send(restart(i)));
        gone.get(i - 1).awaitTaken();
      }
      last.send(restart(21)).awaitTaken();
      gone.forEach(RawClient::close);
      await().until(() -> gateway.frontDoor().connectionCount() == 2);
      try (ScriptedWorker back = ScriptedWorker.at(main, ScriptedWorker.replying(OK))) {
        assertThat(first.readReply().content()).isEqualTo("ok");
        assertThat(last.readReply().content()).isEqualTo("ok");
        assertThat(back.requests()).hasSize(2);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /_matrix/client/unstable/org.matrix.simplified_msc3575/sync?pos=5&timeout=30000",
    "POST, /_matrix/client/unstable/org.matrix.simplified_msc3575/sync",
    "POST, /_matrix/client/v4/sync?pos=5",
    "GET, /_matrix/client/v3/sync?since=s1",
    "GET, /_matrix/client/v3/account/whoami",
    "POST, /_matrix/client/v3/keys/query",
  })
  void withNobodyThereTheClientIsToldThatItIsNotItsFault(String method, String target)
      throws Exception {
    try (TestGateway gateway = TestGateway.shipped(directory);
        RawClient client = gateway.client()) {
      RawMessage reply =
          client.exchange(
              method
                  + " "
                  + target
                  + " HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer mat_abc\r\n"
                  + "Content-Length: 2\r\n\r\n{}");
      assertThat(reply.status()).isIn(502, 503);
      assertThat(reply.value("Content-Type")).isEqualTo("application/json");
      assertThat(reply.value("Access-Control-Allow-Origin")).isEqualTo("*");
      assertThat(reply.content()).contains("\"errcode\":\"M_UNKNOWN\"");
    }
  }

  @Test
  void aSlidingSyncWhoseWorkersAreAwayGoesToTheFallback() throws Exception {
    try (ScriptedWorker fallback = ScriptedWorker.at(main, ScriptedWorker.saying("main"));
        TestGateway gateway = TestGateway.shipped(directory);
        RawClient client = gateway.client()) {
      String line = "POST /_matrix/client/unstable/org.matrix.simplified_msc3575/sync?pos=5";
      RawMessage reply =
          client.exchange(
              line
                  + " HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer syt_YWxpY2U_x_1\r\n"
                  + "Content-Length: 2\r\n\r\n{}");
      assertThat(reply.content()).isEqualTo("main");
      assertThat(fallback.requests()).hasSize(1);
    }
  }
}
