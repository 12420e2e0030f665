// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.demo;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.tls.SelfSigned;

/**
 * A gateway that is started as the command {@code run} starts it, has some seconds of traffic of
 * each kind, and is stopped: Java records of it which classes a start needs (JEP 350) and, since
 * Java 25, which code is hot (JEP 483 and 515). Clients and workers are of this process, so that
 * nothing of theirs is recorded.
 */
public final class Training {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();
  private static final long LOOK_MILLIS = 20;

  /** For each of its parts: the start, the requests beyond their time, and the end. */
  private static final long LIMIT_SECONDS = 120;

  /** What a gateway is given of the environment: no settings, and nothing of systemd's. */
  private static final Set<String> ENVIRONMENT =
      Set.of("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS");

  private final Path directory = Files.createTempDirectory("synapse-gateway-training");
  private final TrainingWorkers workers = new TrainingWorkers(directory, Demo.WORKERS);
  private final int plain = freePort();
  private final int secure = freePort();

  private Training() throws IOException {
    SelfSigned.of(List.of("127.0.0.1")).writeTo(directory);
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, HERE)) {
      return free.getLocalPort();
    }
  }

  /**
   * Trains a gateway for so many seconds; returns its exit status.
   *
   * @param options those of Java
   */
  public static int run(int seconds, List<String> options) {
    try {
      Training training = new Training();
      try {
        return training.train(seconds, options);
      } finally {
        training.close();
      }
    } catch (IOException e) {
      System.err.println("The training failed: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 1;
  }

  private int train(int seconds, List<String> options) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command(options)).inheritIO();
    builder.environment().keySet().retainAll(ENVIRONMENT);
    Process gateway = builder.start();
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(gateway::destroyForcibly));
      awaitDoor(gateway);
      System.out.println(askAll(clients(), seconds) + " requests in " + seconds + " s");
      gateway.destroy();
      if (!gateway.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("the gateway has not ended within " + LIMIT_SECONDS + " s");
      }
      return gateway.exitValue();
    } finally {
      gateway.destroyForcibly();
    }
  }

  private List<String> command(List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    Map.of(
            Setting.LISTEN,
            "http://127.0.0.1:%d https://127.0.0.1:%d".formatted(plain, secure),
            Setting.TLS_CERTIFICATES,
            directory,
            Setting.WORKERS_DIRECTORY,
            directory,
            Setting.MANAGEMENT_PORT,
            0,
            Setting.MANAGEMENT_TOKEN_FILE,
            token())
        .forEach((setting, value) -> command.add("-D" + setting.key() + "=" + value));
    command.add("-jar");
    command.add(System.getProperty("java.class.path"));
    return command;
  }

  private Path token() {
    return directory.resolve("token");
  }

  private void awaitDoor(Process gateway) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!gateway.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
      if (isOpen()) {
        return;
      }
      if (System.nanoTime() > end) {
        throw new IOException("the gateway does not listen after " + LIMIT_SECONDS + " s");
      }
    }
    throw new IOException("the gateway has ended with " + gateway.exitValue());
  }

  private boolean isOpen() throws IOException {
    try {
      new Socket(HERE, secure).close();
      return true;
    } catch (ConnectException e) {
      return false; // it does not listen yet
    }
  }

  private void close() throws IOException {
    workers.close();
    SelfSigned.delete(directory);
    Files.deleteIfExists(token());
    Files.deleteIfExists(directory);
  }

  /** Most requests come in plain, as behind a front; the others by TLS, of both versions. */
  private List<TrainingClient> clients() throws IOException {
    SSLContext trust = SelfSigned.trusting(directory);
    return List.of(
        new TrainingHttp1Client(() -> new Socket(HERE, plain), TrainingRequest.of(0)),
        new TrainingHttp1Client(() -> new Socket(HERE, plain), TrainingRequest.of(1)),
        new TrainingHttp1Client(
            () -> trust.getSocketFactory().createSocket(HERE, secure), TrainingRequest.of(2)),
        new TrainingHttp2Client("127.0.0.1:" + secure, trust, TrainingRequest.of(3)));
  }

  private static int askAll(List<TrainingClient> clients, int seconds) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    ExecutorService threads = Executors.newFixedThreadPool(clients.size());
    try {
      List<Future<Integer>> all = new ArrayList<>();
      for (TrainingClient client : clients) {
        all.add(threads.submit(() -> client.askUntil(end)));
      }
      return sum(all, seconds + LIMIT_SECONDS);
    } finally {
      threads.shutdownNow();
    }
  }

  private static int sum(List<Future<Integer>> all, long limit) throws IOException {
    int sum = 0;
    for (Future<Integer> each : all) {
      try {
        sum += each.get(limit, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        throw new IOException("a request has no reply after " + limit + " s", e);
      } catch (ExecutionException e) {
        throw new IOException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return sum;
  }
}
