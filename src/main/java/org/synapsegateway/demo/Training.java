// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.synapsegateway.config.StartupError;
import org.synapsegateway.explain.ExplainPage;
import org.synapsegateway.process.GatewayMain;
import org.synapsegateway.settings.Setting;

/**
 * Some seconds of traffic of each kind for the gateway of this process, so that Java records which
 * code is hot (JEP 515). Clients and workers are of this process too.
 */
public final class Training {
  private static final int CLIENTS = 4;
  private static final String ROOM = "/_matrix/client/v3/rooms/!abcdefghijklmnop%3Amatrix.example";

  /** Method, target and body. */
  private static final List<String[]> REQUESTS =
      List.of(
          get("/_matrix/client/v3/sync?since=s72594_4483_1934&timeout=0&filter=1"),
          get("/_matrix/client/v3/sync?timeout=0&filter=1"),
          get("/_matrix/client/v3/sync?since=s72594_4483_1934&timeout=30000"),
          get(ROOM + "/messages?dir=b&limit=20"),
          get(ROOM + "/state/m.room.name/"),
          get("/_matrix/client/v3/profile/%40user1%3Amatrix.example"),
          get("/_matrix/client/v3/keys/changes?from=s72594_4483_1934&to=s75689_5632_2435"),
          get("/_matrix/client/v3/joined_rooms"),
          get("/_matrix/client/v3/pushrules/"),
          get("/_matrix/client/versions"),
          get("/_matrix/federation/v1/version"),
          get("/_matrix/client/v1/media/download/matrix.example/abcdefghijkl"),
          get("/.well-known/matrix/client"),
          get("/_synapse/replication/"),
          new String[] {"HEAD", "/_matrix/client/versions", ""},
          new String[] {"OPTIONS", "/_matrix/client/v3/sync", ""},
          new String[] {"PUT", ROOM + "/send/m.room.message/m1", "{\"body\":\"hello\"}"},
          new String[] {"PUT", ROOM + "/typing/%40user1%3Amatrix.example", "{\"typing\":true}"},
          new String[] {"POST", ROOM + "/read_markers", "{}"},
          new String[] {"POST", "/_matrix/client/v3/keys/query", "{\"device_keys\":{}}"},
          new String[] {
            "POST", "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync", "{}"
          },
          new String[] {"POST", "/_matrix/media/v3/upload", "x".repeat(256 * 1024)});

  private static final List<String> WORKERS =
      List.of(
          "main", "normal_sync1", "normal_sync2", "normal_sync3", "initial_sync1", "initial_sync2");

  private final Path directory = Files.createTempDirectory("synapse-gateway-training");
  private final TrainingWorkers workers = new TrainingWorkers(directory, WORKERS);
  private final GatewayMain gateway = new GatewayMain(ExplainPage::new);

  private Training() throws IOException {
    gateway.addOverrideProperty(Setting.WORKERS_DIRECTORY.key(), directory.toString());
    gateway.addOverrideProperty(Setting.PORT.key(), "0");
    gateway.addOverrideProperty(Setting.MANAGEMENT_PORT.key(), "0");
    gateway.addOverrideProperty(
        Setting.MANAGEMENT_TOKEN_FILE.key(), directory.resolve("token").toString());
  }

  private static String[] get(String target) {
    return new String[] {"GET", target, ""};
  }

  /**
   * Runs the gateway on free ports before workers of its own, asks it for so many seconds, and
   * stops it. Returns an exit status.
   */
  public static int run(int seconds) {
    try {
      Training training = new Training();
      try {
        training.gateway.start();
        int replies = ask(training.gateway.frontDoor().localPort(), seconds);
        System.out.println(replies + " requests in " + seconds + " s");
        return 0;
      } finally {
        training.close();
      }
    } catch (IOException e) {
      System.err.println("The training failed: " + e.getMessage());
      return 1;
    } catch (RuntimeException e) {
      System.err.println(StartupError.explain(e));
      return 1;
    }
  }

  private void close() throws IOException {
    gateway.stop();
    workers.close();
    Files.deleteIfExists(directory.resolve("token"));
    Files.deleteIfExists(directory);
  }

  private static int ask(int port, int seconds) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    try {
      List<Future<Integer>> all = new ArrayList<>();
      for (int user = 0; user < CLIENTS; user++) {
        TrainingClient client =
            new TrainingClient(
                () -> new Socket(InetAddress.getLoopbackAddress(), port), requests(user));
        all.add(threads.submit(() -> client.askUntil(end)));
      }
      return sum(all);
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<byte[]> requests(int user) {
    return REQUESTS.stream()
        .map(request -> TrainingClient.request(request[0], request[1], user, request[2]))
        .toList();
  }

  private static int sum(List<Future<Integer>> all) throws IOException {
    int sum = 0;
    for (Future<Integer> each : all) {
      try {
        sum += each.get();
      } catch (ExecutionException e) {
        throw new IOException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return sum;
  }
}
