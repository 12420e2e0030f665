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
import javax.net.ssl.SSLContext;
import org.synapsegateway.config.StartupError;
import org.synapsegateway.explain.ExplainPage;
import org.synapsegateway.process.GatewayMain;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.tls.SelfSigned;

/**
 * Some seconds of traffic of each kind for the gateway of this process, so that Java records which
 * code is hot (JEP 515). Clients and workers are of this process too.
 */
public final class Training {
  private final Path directory = Files.createTempDirectory("synapse-gateway-training");
  private final TrainingWorkers workers = new TrainingWorkers(directory, Demo.WORKERS);
  private final GatewayMain gateway = new GatewayMain(ExplainPage::new);

  private Training() throws IOException {
    SelfSigned.of(List.of("127.0.0.1")).writeTo(directory);
    set(Setting.LISTEN, "http://127.0.0.1:0 https://127.0.0.1:0");
    set(Setting.TLS_CERTIFICATES, directory.toString());
    set(Setting.WORKERS_DIRECTORY, directory.toString());
    set(Setting.MANAGEMENT_PORT, "0");
    set(Setting.MANAGEMENT_TOKEN_FILE, directory.resolve("token").toString());
  }

  private void set(Setting setting, String value) {
    gateway.addOverrideProperty(setting.key(), value);
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
        int replies = askAll(training.clients(), seconds);
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
    SelfSigned.delete(directory);
    Files.deleteIfExists(directory.resolve("token"));
    Files.deleteIfExists(directory);
  }

  /** Most requests come in plain, as behind a front; the others by TLS, of both versions. */
  private List<TrainingClient> clients() throws IOException {
    List<String> addresses = gateway.frontDoor().localAddresses();
    int plain = port(addresses.get(0));
    int secure = port(addresses.get(1));
    InetAddress here = InetAddress.getLoopbackAddress();
    SSLContext trust = SelfSigned.trusting(directory);
    return List.of(
        new TrainingHttp1Client(() -> new Socket(here, plain), TrainingRequest.of(0)),
        new TrainingHttp1Client(() -> new Socket(here, plain), TrainingRequest.of(1)),
        new TrainingHttp1Client(
            () -> trust.getSocketFactory().createSocket(here, secure), TrainingRequest.of(2)),
        new TrainingHttp2Client(addresses.get(1), trust, TrainingRequest.of(3)));
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  private static int askAll(List<TrainingClient> clients, int seconds) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    ExecutorService threads = Executors.newFixedThreadPool(clients.size());
    try {
      List<Future<Integer>> all = new ArrayList<>();
      for (TrainingClient client : clients) {
        all.add(threads.submit(() -> client.askUntil(end)));
      }
      return sum(all);
    } finally {
      threads.shutdownNow();
    }
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
