// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/**
 * The shipped routes before the workers of an nginx installation: who gets what, and what happens
 * when one is gone.
 */
class RoutesBeforeWorkersTest {
  private static final List<String> NAMES =
      List.of(
          "main", "normal_sync1", "normal_sync2", "normal_sync3", "initial_sync1", "initial_sync2");

  @TempDir Path directory;
  private final Map<String, ScriptedWorker> workers = new LinkedHashMap<>();
  private TestGateway gateway;

  @BeforeEach
  void start() throws Exception {
    for (String name : NAMES) {
      workers.put(name, worker(name));
    }
    gateway = TestGateway.shipped(directory);
  }

  private ScriptedWorker worker(String name) throws Exception {
    return ScriptedWorker.at(
        directory.resolve("inbound_" + name + ".sock"), ScriptedWorker.saying(name));
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
    for (ScriptedWorker worker : workers.values()) {
      worker.close();
    }
  }

  private static String request(String target, String fields) {
    return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
  }

  @ParameterizedTest
  @CsvSource({
    "/_matrix/client/v3/sync?since=s1, normal_sync",
    "/_matrix/client/r0/sync?a=b&since=s1&timeout=0, normal_sync",
    "/_matrix/client/v3/sync, initial_sync",
    "/_matrix/client/v3/sync?since=, initial_sync",
    "/_matrix/client/v3/sync?xsince=1, initial_sync",
    "/_matrix/client/r0/initialSync, initial_sync",
    "/_matrix/client/v3/rooms/!a:b/initialSync, initial_sync",
    "/_matrix/client/api/v1/events?since=s1, normal_sync",
    "/_matrix/client/v3/sync/, main",
    "/_matrix/client/v3/syncs?since=s1, main",
    "/_matrix/client/versions, main",
    "/, main",
    "/_matrix/client/v3/rooms/a/b/initialSync, main",
  })
  void eachRequestGoesToItsGroup(String target, String group) throws Exception {
    try (RawClient client = gateway.client()) {
      assertThat(client.exchange(request(target, "")).content()).startsWith(group);
    }
  }

  @Test
  void aUserAlwaysMeetsTheSameWorkerAndAllWorkersAreUsed() throws Exception {
    List<String> served = new ArrayList<>();
    try (RawClient client = gateway.client()) {
      for (int user = 0; user < 30; user++) {
        String byField = "Authorization: Bearer syt_dXNlcg" + user + "_a_1\r\n";
        String byArgument = "&access_token=syt_dXNlcg" + user + "_b_2";
        String target = "/_matrix/client/v3/sync?since=s";
        String one = client.exchange(request(target, byField)).content();
        String other = client.exchange(request(target + byArgument, "")).content();
        assertThat(other).isEqualTo(one);
        served.add(one);
      }
    }
    assertThat(served).contains("normal_sync1", "normal_sync2", "normal_sync3");
  }

  @Test
  void usersOfAMissingWorkerAreServedByTheOthers() throws Exception {
    workers.remove("normal_sync1").close();
    Files.deleteIfExists(directory.resolve("inbound_normal_sync1.sock"));
    try (RawClient client = gateway.client()) {
      for (int user = 0; user < 30; user++) {
        RawMessage reply =
            client.exchange(
                "POST /_matrix/client/v3/sync?since=s HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n"
                    + "Authorization: Bearer syt_dXNlcg"
                    + user
                    + "_a_1\r\n\r\nx");
        RawMessage sync =
            client.exchange(
                request(
                    "/_matrix/client/v3/sync?since=s",
                    "Authorization: Bearer syt_dXNlcg" + user + "_a_1\r\n"));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(sync.content()).isIn("normal_sync2", "normal_sync3");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/_synapse/admin/v1/rooms",
    "/_synapse/metrics",
    "/_synapse",
    "/_synapse/",
    "/%5Fsynapse/admin/v1/rooms",
    "/_matrix/../_synapse/admin",
    "/_matrix/%2e%2e/_synapse/admin",
    "/_synapse/client/../admin",
    "/_synapse/client/..%2fadmin",
    "//_synapse/admin",
    "http://h/_synapse/admin",
  })
  void privatePathsAreForPrivateClients(String target) throws Exception {
    try (RawClient client = gateway.client()) {
      RawMessage refused = client.exchange(request(target, "X-Forwarded-For: 8.8.8.8\r\n"));
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.content()).startsWith("{\"errcode\":\"M_FORBIDDEN\"");
      assertThat(refused.value("Access-Control-Allow-Origin")).isEqualTo("*");
      assertThat(workers.values()).allSatisfy(w -> assertThat(w.receivedBytes()).isZero());

      RawMessage served = client.exchange(request(target, "X-Forwarded-For: 10.1.2.3\r\n"));
      assertThat(served.status()).isEqualTo(200);
    }
  }

  @Test
  void aChangedRouteTakesEffectOnAConnectionThatStays() throws Exception {
    stop();
    workers.clear();
    Path routes = Files.createDirectory(directory.resolve("routes"));
    try (var files = Files.newDirectoryStream(Path.of("routes"))) {
      for (Path file : files) {
        Files.copy(file, routes.resolve(file.getFileName()));
      }
    }
    workers.put("main", worker("main"));
    workers.put("other", worker("other"));
    gateway = TestGateway.reloading(routes, "gateway.workers.directory", directory.toString());
    int port = gateway.port();
    try (RawClient client = gateway.client()) {
      assertThat(client.exchange(request("/", "")).content()).isEqualTo("main");

      replace(routes.resolve("main.camel.yaml"), "inbound_main.sock", "inbound_other.sock");
      await()
          .until(() -> client.exchange(request("/", "")), reply -> reply.content().equals("other"));

      replace(routes.resolve("front.camel.yaml"), "- to: direct:main", "- to: direct:forbidden");
      await().until(() -> client.exchange(request("/", "")), reply -> reply.status() == 403);
      assertThat(gateway.port()).isEqualTo(port);
    }
  }

  private void replace(Path file, String text, String replacement) throws Exception {
    String old = Files.readString(file);
    assertThat(old).contains(text);
    Path changed = directory.resolve("changed");
    Files.writeString(changed, old.replace(text, replacement));
    Files.move(changed, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
