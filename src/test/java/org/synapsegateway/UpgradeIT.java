// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.newsclub.net.unix.AFUNIXDatagramSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.synapsegateway.management.Json;
import org.synapsegateway.process.Upgraded;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.ScriptedWorker;

/** Processes of their own, one after the other in the same place, as systemd sees them. */
class UpgradeIT {
  private final Instant yesterday = Instant.now().minus(1, ChronoUnit.DAYS);
  private static final String GET = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

  private final CountDownLatch pollsEnd = new CountDownLatch(1);
  private Path directory;
  private Path log;
  private ScriptedWorker worker;
  private AFUNIXDatagramSocket systemd;
  private Process first;
  private BufferedReader output;
  private int port;
  private int management;
  private long serving;

  @BeforeEach
  void start() throws Exception {
    directory = Files.createTempDirectory("gw");
    worker =
        ScriptedWorker.at(
            directory.resolve("inbound_main.sock"),
            connection -> {
              for (RawMessage next = connection.nextRequest();
                  next != null;
                  next = connection.nextRequest()) {
                if (next.head().text().startsWith("GET /poll")) {
                  // two processes start meanwhile
                  assertThat(pollsEnd.await(120, TimeUnit.SECONDS)).isTrue();
                }
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
              }
            });
    log = directory.resolve("access.log");
    Files.writeString(log, "of yesterday\n");
    Files.setLastModifiedTime(log, FileTime.from(yesterday));
    systemd = AFUNIXDatagramSocket.newInstance();
    systemd.bind(AFUNIXSocketAddress.of(directory.resolve("notify")));
    systemd.setSoTimeout(30_000);
    ProcessBuilder command =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "-Dgateway.port=0",
                "-Dmanagement.port=0",
                "-Dmanagement.token-file=" + directory.resolve("token"),
                "-Dgateway.workers.directory=" + directory,
                "-Dgateway.access-log=combined",
                "-Dgateway.access-log.file=" + log,
                Gateway.class.getName())
            .redirectErrorStream(true);
    command.environment().put("NOTIFY_SOCKET", directory.resolve("notify").toString());
    first = command.start();
    serving = first.pid();
    output = first.inputReader();
    port = number("Listening on 127.0.0.1:");
    management = number("Metrics on http://127.0.0.1:");
    assertThat(heard()).startsWith("READY=1");
  }

  @AfterEach
  void stop() throws Exception {
    pollsEnd.countDown();
    ProcessHandle last = ProcessHandle.of(serving).orElse(null);
    if (last != null) {
      last.destroy();
      last.onExit().get(10, TimeUnit.SECONDS);
    }
    systemd.close();
    worker.close();
  }

  /** The number behind a text of the log, which all processes write. */
  private int number(String text) throws IOException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      int at = line.indexOf(text);
      if (at >= 0) {
        return Integer.parseInt(line.substring(at + text.length()).replaceFirst("\\D.*", ""));
      }
    }
    throw new AssertionError("the process has ended");
  }

  private String heard() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[1000], 1000);
    systemd.receive(packet);
    return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
  }

  private void upgrade() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management + "/observe/upgrade"))
            .header(
                "Authorization", "Bearer " + Files.readString(directory.resolve("token")).strip())
            .POST(BodyPublishers.noBody())
            .build();
    HttpResponse<String> answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    Upgraded done = Json.read(answer.body(), Upgraded.class);
    assertThat(done.before()).isEqualTo(serving);
    serving = done.process();
    assertThat(heard()).isEqualTo("MAINPID=" + serving);
    assertThat(heard()).startsWith("READY=1");
  }

  @Test
  void eachProcessTakesThePlaceOfTheOneBefore() throws Exception {
    try (RawClient poll = RawClient.connect(port)) {
      poll.send("GET /poll HTTP/1.1\r\nHost: h\r\n\r\n");
      worker.awaitRequest(0);
      upgrade();
      long second = serving;
      try (RawClient client = RawClient.connect(port)) {
        assertThat(client.exchange(GET).content()).isEqualTo("ok");
        assertThat(first.isAlive()).as("it holds the poll").isTrue();
        upgrade();
        await().until(() -> "close".equals(client.exchange(GET).value("Connection")));
      }
      ProcessHandle.of(second)
          .ifPresent(process -> process.onExit().orTimeout(10, TimeUnit.SECONDS).join());
      pollsEnd.countDown();
      assertThat(poll.readReply().content()).isEqualTo("ok");
    }
    assertThat(first.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(first.exitValue()).isZero();
    try (RawClient client = RawClient.connect(port)) {
      assertThat(client.exchange(GET).content()).isEqualTo("ok");
    }
  }

  @Test
  void onlyTheProcessThatServesBeginsANewAccessLog() throws Exception {
    String rolled =
        "access.log." + LocalDate.ofInstant(yesterday, ZoneId.systemDefault()) + ".0.gz";
    try (RawClient poll = RawClient.connect(port)) {
      poll.send("GET /poll HTTP/1.1\r\nHost: h\r\n\r\n");
      worker.awaitRequest(0);
      upgrade();
      try (RawClient client = RawClient.connect(port)) {
        client.exchange(GET);
      }
      await().until(() -> Files.exists(directory.resolve(rolled)));
      pollsEnd.countDown();
      poll.readReply();
    }
    assertThat(first.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(unzipped(directory.resolve(rolled))).isEqualTo("of yesterday\n");
    // a path that is not Synapse's is told by its hash
    assertThat(Files.readAllLines(log))
        .satisfiesExactly(
            get -> assertThat(get).contains("GET /a HTTP/1.1\" 200"),
            held -> assertThat(held).containsPattern("GET /#\\w+ HTTP/1.1\" 200"));
    assertThat(directory.toFile().list((at, name) -> name.startsWith("access.log")))
        .containsExactlyInAnyOrder("access.log", rolled);
  }

  private static String unzipped(Path file) throws IOException {
    try (InputStream bytes = new GZIPInputStream(Files.newInputStream(file))) {
      return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
