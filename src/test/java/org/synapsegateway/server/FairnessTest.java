// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.TestGateway;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;

/**
 * Clients that would have an event loop to themselves, with requests that a route answers itself.
 */
class FairnessTest {
  private static final String STEPS =
      """
      - process:
          ref: "#class:%s"
      - choice:
          when:
            - expression:
                language:
                  language: request
                  expression: ^/worker
              steps:
                - to: worker:unix:%s
          otherwise:
            steps:
              - setBody:
                  constant: done
      """;

  @TempDir Path directory;
  private TestGateway gateway;

  /** Notes which request has its turn, and has the whole event loop wait for the first one. */
  public static final class Journal implements Processor {
    private static final List<String> PATHS = new CopyOnWriteArrayList<>();
    private static final Semaphore ARRIVED = new Semaphore(0);
    private static final Semaphore MAY_GO = new Semaphore(0);

    @Override
    public void process(Exchange exchange) throws Exception {
      String path = exchange.getMessage().getHeader(Exchange.HTTP_PATH, String.class);
      PATHS.add(path);
      if (path.equals("/stop")) {
        ARRIVED.release();
        MAY_GO.acquire();
      }
    }
  }

  @BeforeEach
  void start() throws Exception {
    Journal.PATHS.clear();
    gateway =
        TestGateway.withSteps(
            directory,
            STEPS.formatted(Journal.class.getName(), socket()),
            "gateway.event-loops",
            "1");
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private Path socket() {
    return directory.resolve("w.sock");
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n";
  }

  private static void stopLoop(RawClient by) throws Exception {
    by.send(get("/stop"));
    Journal.ARRIVED.acquire();
  }

  private static int before(String path) {
    return Journal.PATHS.indexOf(path);
  }

  @Test
  void aLongPipelineIsWorkedOffInTurnsAndInOrder() throws Exception {
    try (RawClient stopper = gateway.client();
        RawClient many = gateway.client();
        RawClient other = gateway.client()) {
      stopLoop(stopper);
      StringBuilder pipeline = new StringBuilder();
      for (int i = 0; i < 1_000; i++) {
        pipeline.append(get("/" + i));
      }
      many.send(pipeline.toString());
      other.send(get("/other"));
      Journal.MAY_GO.release();

      assertThat(other.readReply().content()).isEqualTo("done");
      for (int i = 0; i < 1_000; i++) {
        assertThat(many.readReply().content()).isEqualTo("done");
      }
      assertThat(before("/other")).isLessThanOrEqualTo(64);
      assertThat(Journal.PATHS.stream().filter(path -> path.matches("/\\d+")))
          .hasSize(1_000)
          .isSortedAccordingTo((a, b) -> number(a) - number(b));
    }
  }

  private static int number(String path) {
    return Integer.parseInt(path.substring(1));
  }

  @Test
  void whoeverAsksLaterIsNotBehindAllThatACrowdHasAskedFor() throws Exception {
    List<RawClient> crowd = new ArrayList<>();
    try (RawClient stopper = gateway.client();
        RawClient other = gateway.client()) {
      for (int i = 0; i < 100; i++) {
        crowd.add(gateway.client());
      }
      stopLoop(stopper);
      for (RawClient client : crowd) {
        client.send(get("/crowd").repeat(100));
      }
      other.send(get("/other"));
      Journal.MAY_GO.release();

      assertThat(other.readReply().content()).isEqualTo("done");
      for (RawClient client : crowd) {
        for (int i = 0; i < 100; i++) {
          assertThat(client.readReply().status()).isEqualTo(200);
        }
      }
      // each of the crowd had ten at most, which is the first turn
      assertThat(before("/other")).isLessThan(1_100);
    } finally {
      crowd.forEach(RawClient::close);
    }
  }

  @Test
  void whoAsksForLittleIsNotBehindACrowdThatEachSendMuchAtOnce() throws Exception {
    String large = "GET /large HTTP/1.1\r\nHost: h\r\nA: " + "a".repeat(6_000) + "\r\n\r\n";
    List<RawClient> crowd = new ArrayList<>();
    try (RawClient stopper = gateway.client();
        RawClient other = gateway.client()) {
      for (int i = 0; i < 200; i++) {
        crowd.add(gateway.client());
      }
      stopLoop(stopper);
      for (RawClient client : crowd) {
        client.send(large);
      }
      other.send(get("/other"));
      Journal.MAY_GO.release();

      assertThat(other.readReply().content()).isEqualTo("done");
      for (RawClient client : crowd) {
        assertThat(client.readReply().status()).isEqualTo(200);
      }
      // behind those of the first turn only
      assertThat(before("/other")).isLessThan(40);
    } finally {
      crowd.forEach(RawClient::close);
    }
  }

  @Test
  void anUploadAndALargeReplyAreNotBehindAllThatACrowdHasAskedFor() throws Exception {
    List<RawClient> crowd = new ArrayList<>();
    List<Integer> served = new ArrayList<>();
    String large = "GET /large HTTP/1.1\r\nHost: h\r\nA: " + "a".repeat(6_000) + "\r\n\r\n";
    String body = "b".repeat(50_000);
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket(),
                connection -> {
                  String upload = connection.nextRequest().content();
                  served.add(Journal.PATHS.size());
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n" + upload);
                });
        RawClient stopper = gateway.client();
        RawClient other = gateway.client()) {
      for (int i = 0; i < 200; i++) {
        crowd.add(gateway.client());
      }
      stopLoop(stopper);
      for (RawClient client : crowd) {
        client.send(large.repeat(20));
      }
      other.send("PUT /worker HTTP/1.1\r\nHost: h\r\nContent-Length: 50000\r\n\r\n" + body);
      Journal.MAY_GO.release();

      assertThat(other.readReply().content()).isEqualTo(body);
      served.add(Journal.PATHS.size());
      // of 4,000; each of the crowd has one answered in one round of those who want much
      assertThat(served.get(0)).isLessThan(150);
      assertThat(served.get(1)).isLessThan(150);
      assertThat(worker.requests()).hasSize(1);
    } finally {
      crowd.forEach(RawClient::close);
    }
  }

  @Test
  void whoSendsWhatIsNoRequestIsAnsweredInTurnToo() throws Exception {
    try (RawClient client = gateway.client()) {
      client.send(get("/a").repeat(100) + "nonsense\r\n\r\n" + get("/evil"));
      for (int i = 0; i < 100; i++) {
        assertThat(client.readReply().status()).isEqualTo(200);
      }
      assertThat(client.readReply().status()).isEqualTo(400);
      client.endOutput();
      client.awaitEnd();
      assertThat(Journal.PATHS).doesNotContain("/evil");
    }
  }
}
