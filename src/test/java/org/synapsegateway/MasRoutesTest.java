// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;

/** The shipped routes where Matrix Authentication Service is turned on, and where it is not. */
class MasRoutesTest {
  private static final String CLIENT = "/_matrix/client/";

  @TempDir Path directory;

  private ScriptedWorker worker(String name) throws Exception {
    return ScriptedWorker.at(directory.resolve(name + ".sock"), ScriptedWorker.saying(name));
  }

  /** The shipped routes, MAS's socket among the workers'. */
  private TestGateway turnedOn() throws Exception {
    Path routes = Files.createDirectories(directory.resolve("routes"));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("routes"))) {
      for (Path file : files) {
        Files.writeString(
            routes.resolve(file.getFileName()),
            Files.readString(file)
                .replace(
                    "# - to: worker:unix:/run/matrix-authentication-service/mas.sock?hold=10s",
                    "- to: worker:unix:" + directory + "/mas.sock"));
      }
    }
    return TestGateway.withRoutes(routes, "gateway.workers.directory", directory.toString());
  }

  private static String ask(RawClient client, String request) throws Exception {
    return client.exchange(request + " HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n").content();
  }

  @ParameterizedTest
  @ValueSource(strings = {"api/v1", "r0", "v3", "unstable"})
  void takesLoginsLogoutsAndRefreshes(String version) throws Exception {
    try (ScriptedWorker mas = worker("mas");
        ScriptedWorker main = worker("inbound_main");
        TestGateway gateway = turnedOn();
        RawClient client = gateway.client()) {
      for (String request :
          List.of(
              "GET %s/login",
              "POST %s/login",
              "POST %s/logout",
              "POST %s/logout/all",
              "POST %s/refresh",
              "GET %s/login/sso/redirect?redirectUrl=x",
              "GET %s/login/sso/redirect/google?redirectUrl=x")) {
        assertThat(ask(client, request.formatted(CLIENT + version))).as(request).isEqualTo("mas");
      }
      for (String request :
          List.of(
              "POST %s/login/get_token",
              "GET %s/login/cas/ticket",
              "POST %s/logout/",
              "POST %s/logoutX",
              "POST %s/register",
              "GET %s/logout",
              "POST %s/rooms/!r:x/send/login")) {
        assertThat(ask(client, request.formatted(CLIENT + version)))
            .as(request)
            .isEqualTo("inbound_main");
      }
      assertThat(mas.requests()).hasSize(7);
      assertThat(main.requests()).hasSize(7);
    }
  }

  @Test
  void nobodyStandsInForIt() throws Exception {
    try (ScriptedWorker main = worker("inbound_main");
        TestGateway gateway = turnedOn();
        RawClient client = gateway.client()) {
      String head = "GET /_matrix/client/v3/login HTTP/1.1\r\nHost: h\r\n\r\n";
      assertThat(client.exchange(head).status()).isEqualTo(502);
      assertThat(main.requests()).isEmpty();
    }
  }

  @Test
  void withoutItLoginsAreSynapses() throws Exception {
    try (ScriptedWorker main = worker("inbound_main");
        TestGateway gateway = TestGateway.shipped(directory);
        RawClient client = gateway.client()) {
      for (String request : List.of("POST %s/login", "POST %s/logout/all", "POST %s/refresh")) {
        assertThat(ask(client, request.formatted(CLIENT + "v3"))).isEqualTo("inbound_main");
      }
      assertThat(main.requests()).hasSize(3);
    }
  }
}
