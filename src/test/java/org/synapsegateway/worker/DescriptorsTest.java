// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.TestGateway;
import org.synapsegateway.request.FailureReply;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/** A gateway that has no descriptor left, in a process of its own. */
class DescriptorsTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nkept";
  private static final String OK_CLOSE =
      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nclose";

  @TempDir Path directory;

  @Test
  void idleConnectionsMakeRoomAndWithoutThemTheGatewayIsAtItsLimit() throws Exception {
    Path keeping = directory.resolve("keeping.sock");
    Path closing = directory.resolve("closing.sock");
    CountDownLatch allThere = new CountDownLatch(3);
    try (ScriptedWorker kept =
            ScriptedWorker.at(
                keeping,
                connection -> {
                  while (connection.nextRequest() != null) {
                    allThere.countDown();
                    connection.await(allThere);
                    connection.send(OK);
                  }
                });
        ScriptedWorker closed =
            ScriptedWorker.at(
                closing,
                connection -> {
                  connection.nextRequest();
                  connection.send(OK_CLOSE);
                });
        Gateway gateway = new Gateway(directory, keeping, closing);
        RawClient client = gateway.client();
        RawClient first = gateway.client();
        RawClient second = gateway.client();
        RawClient third = gateway.client()) {
      // without key the workers take turns; three connections stay idle
      first.send(GET);
      kept.awaitRequest(0);
      assertThat(client.exchange(GET).content()).isEqualTo("close");
      second.send(GET);
      kept.awaitRequest(1);
      assertThat(client.exchange(GET).content()).isEqualTo("close");
      assertThat(third.exchange(GET).content()).isEqualTo("kept");
      assertThat(first.readReply().content()).isEqualTo("kept");
      assertThat(second.readReply().content()).isEqualTo("kept");

      gateway.tell("exhaust");
      assertThat(client.exchange(GET).content()).isEqualTo("close");
      assertThat(kept.connections()).hasSize(3);
      assertThat(kept.openConnections()).isEqualTo(1);
      assertThat(client.exchange(GET).content()).isEqualTo("kept");

      gateway.tell("exhaust");
      RawMessage refused = client.exchange(GET);
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.content())
          .isEqualTo("{\"errcode\":\"M_UNKNOWN\",\"error\":\"The gateway is at its limit\"}");
      int asked = kept.requests().size();

      gateway.tell("free");
      assertThat(client.exchange(GET).status()).isEqualTo(200);
      assertThat(client.exchange(GET).status()).isEqualTo(200);
      assertThat(kept.requests().size() + closed.requests().size()).isGreaterThan(asked);
      assertThat(gateway.log()).filteredOn(line -> line.contains("No descriptor")).hasSize(1);
    }
  }

  @Test
  void aLargeReplyComesWholeWithoutADescriptorForItsPipe() throws Exception {
    String large = "x".repeat(4 * 1024 * 1024);
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                directory.resolve("worker.sock"),
                connection -> {
                  connection.nextRequest();
                  connection.send(OK);
                  connection.nextRequest();
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + large.length());
                  connection.send("\r\n\r\n" + large);
                });
        Gateway gateway = new Gateway(directory, directory.resolve("worker.sock"));
        RawClient client = gateway.client()) {
      assertThat(client.exchange(GET).content()).isEqualTo("kept");

      gateway.tell("exhaust");

      assertThat(client.exchange(GET).content()).isEqualTo(large);
      assertThat(worker.connections()).hasSize(1);
    }
  }

  /** The gateway in another process, which may have 200 descriptors. */
  private static final class Gateway implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;
    private final List<String> log = new ArrayList<>();
    private final int port;

    Gateway(Path directory, Path... workers) throws IOException {
      List<String> command =
          new ArrayList<>(List.of("sh", "-c", "ulimit -n 200; exec \"$@\"", "-"));
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-Xmx64m", "-cp", System.getProperty("java.class.path")));
      command.addAll(List.of(Starved.class.getName(), directory.toString()));
      for (Path worker : workers) {
        command.add("unix:" + worker);
      }
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
      output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      port = Integer.parseInt(answer());
    }

    RawClient client() throws IOException {
      return RawClient.connect(port);
    }

    /** Has the process do something, and waits until it has. */
    void tell(String what) throws IOException {
      process.getOutputStream().write((what + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
      answer();
    }

    private String answer() throws IOException {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.startsWith("> ")) {
          return line.substring(2);
        }
        log.add(line);
      }
      throw new AssertionError("the process has ended: " + log);
    }

    List<String> log() throws IOException {
      tell("nothing");
      return log;
    }

    @Override
    public void close() throws IOException {
      process.getOutputStream().close();
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The main class of that process. */
  static final class Starved {
    private Starved() {}

    public static void main(String[] arguments) throws Exception {
      // the tests' classes are files of a directory, and to load one takes a descriptor
      Class.forName(OutOfDescriptorsException.class.getName());
      Class.forName(WorkerException.class.getName());
      Class.forName(FailureReply.class.getName());
      Class.forName("org.synapsegateway.net.SplicePipe");
      Deque<FileInputStream> taken = new ArrayDeque<>();
      List<String> workers = List.of(arguments).subList(1, arguments.length);
      try (TestGateway gateway =
              TestGateway.withSteps(
                  Path.of(arguments[0]),
                  Ring.of("", workers.toArray(String[]::new)),
                  "gateway.event-loops",
                  "1");
          BufferedReader input =
              new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
        System.out.println("> " + gateway.port());
        for (String what = input.readLine(); what != null; what = input.readLine()) {
          if (what.equals("exhaust")) {
            exhaust(taken);
          } else if (what.equals("free")) {
            free(taken);
          }
          System.out.println("> done");
        }
      }
    }

    private static void exhaust(Deque<FileInputStream> taken) {
      try {
        while (true) {
          taken.add(new FileInputStream("/dev/null"));
        }
      } catch (IOException e) {
        // none is left, as it should be
      }
    }

    private static void free(Deque<FileInputStream> taken) {
      for (int i = 0; i < 10; i++) {
        try {
          taken.remove().close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }
}
