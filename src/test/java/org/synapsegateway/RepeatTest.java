// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/** The shipped routes with two workers in each group, of which the first to get a request dies. */
class RepeatTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  @TempDir Path directory;
  private final AtomicInteger deaths = new AtomicInteger(1);
  private Path routes;

  @BeforeEach
  void turnGroupsOn() throws IOException {
    routes = Files.createDirectory(directory.resolve("routes"));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("routes"), "*.yaml")) {
      for (Path file : files) {
        Files.writeString(
            routes.resolve(file.getFileName()),
            Files.readString(file).replaceAll("# (- to: worker:.*/inbound_)", "$1"));
      }
    }
  }

  @AfterEach
  void nobodyElseHasDied() {
    assertThat(deaths).hasNonPositiveValue();
  }

  private TestGateway gateway() {
    return TestGateway.withRoutes(routes, "gateway.workers.directory", directory.toString());
  }

  private ScriptedWorker worker(String name) throws IOException {
    return ScriptedWorker.at(directory.resolve("inbound_" + name + ".sock"), this::serve);
  }

  private void serve(ScriptedWorker.Connection connection) throws Exception {
    while (connection.nextRequest() != null && deaths.decrementAndGet() < 0) {
      connection.send(OK);
    }
  }

  private RawMessage ask(String line, String... workers) throws Exception {
    try (ScriptedWorker one = worker(workers[0]);
        ScriptedWorker other = worker(workers[workers.length - 1]);
        TestGateway gateway = gateway();
        RawClient client = gateway.client()) {
      RawMessage reply =
          client.exchange(
              line
                  + " HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer syt_YWxpY2U_x_1\r\n"
                  + "Content-Length: 2\r\n\r\n{}");
      assertThat(one.requests().size() + other.requests().size())
          .isEqualTo(reply.status() == 200 ? 2 : 1);
      return reply;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync?pos=5&timeout=30000",
        "/_matrix/client/v4/sync?pos=5&timeout=30000",
      })
  void aHeldSlidingSyncGoesToTheNextWorker(String target) throws Exception {
    assertThat(ask("POST " + target, "normal_sliding_sync1", "normal_sliding_sync2").status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "encryption POST /_matrix/client/v3/keys/query",
        "client_reader POST /_matrix/client/v3/publicRooms?server=a",
        "client_reader POST /_matrix/client/r0/search",
        "federation_reader POST /_matrix/federation/v1/get_missing_events/!a:b",
        "federation_reader POST /_matrix/federation/v1/publicRooms",
        "federation_reader POST /_matrix/key/v2/query",
        "delayed_events POST /_matrix/client/unstable/org.matrix.msc4140/delayed_events/x/restart",
        "event_creator PUT /_matrix/client/v3/rooms/!a:b/send/m.room.message/1",
        "client_reader DELETE /_matrix/client/v3/directory/room/%23a:b",
      })
  void whatSaysTheSameTwiceGoesToTheNextWorker(String groupAndLine) throws Exception {
    String group = groupAndLine.substring(0, groupAndLine.indexOf(' '));
    String line = groupAndLine.substring(group.length() + 1);
    assertThat(ask(line, group + "1", group + "2").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "encryption POST /_matrix/client/v3/keys/claim",
        "client_reader POST /_matrix/client/v3/createRoom",
        "event_creator POST /_matrix/client/v3/rooms/!a:b/send/m.room.message",
        "event_creator POST /_matrix/client/v3/join/publicRooms",
        "login POST /_matrix/client/v3/login",
      })
  void whatMayDoHarmTwiceIsSentOnce(String groupAndLine) throws Exception {
    String group = groupAndLine.substring(0, groupAndLine.indexOf(' '));
    String line = groupAndLine.substring(group.length() + 1);
    assertThat(ask(line, group + "1", group + "2").status()).isEqualTo(502);
  }

  @Test
  void aTransactionOfTheLargestSizeGoesToTheNextWorker() throws Exception {
    String body = "x".repeat(200 * 65_536);
    try (ScriptedWorker one = worker("federation_inbound1");
        ScriptedWorker other = worker("federation_inbound2");
        TestGateway gateway = gateway();
        RawClient client = gateway.client()) {
      client.send(
          "PUT /_matrix/federation/v1/send/1753786 HTTP/1.1\r\nHost: h\r\n"
              + "Authorization: X-Matrix origin=\"a.example\",key=\"ed25519:1\",sig=\"x\"\r\n"
              + "Content-Length: "
              + body.length()
              + "\r\n\r\n"
              + body);
      assertThat(client.readReply().content()).isEqualTo("ok");
      assertThat(one.requests()).hasSize(1);
      assertThat(other.requests()).hasSize(1);
      assertThat(one.requests().get(0).content()).isEqualTo(body);
      assertThat(other.requests().get(0).content()).isEqualTo(body);
    }
  }
}
