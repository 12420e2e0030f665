// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.cli.Commands;
import org.synapsegateway.management.Json;
import org.synapsegateway.management.Status;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;
import picocli.CommandLine;

/** The command {@code worker}, asked of a gateway that runs. */
class WorkerCommandTest {
  private static final String PORT = "management.port";
  private static final String TOKEN_FILE = "management.token-file";

  @TempDir Path directory;
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream told = new ByteArrayOutputStream();
  private final ByteArrayOutputStream complained = new ByteArrayOutputStream();
  private final CountDownLatch mayAnswer = new CountDownLatch(1);
  private ScriptedWorker worker;
  private TestGateway gateway;

  @BeforeEach
  void start() throws Exception {
    worker =
        ScriptedWorker.at(
            directory.resolve("w.sock"),
            connection -> {
              connection.nextRequest();
              connection.await(mayAnswer);
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            });
    gateway = TestGateway.withSteps(directory, "- to: worker:unix:" + worker.path());
    System.setProperty(TOKEN_FILE, TestGateway.TOKEN.toString());
    System.setProperty(PORT, Integer.toString(gateway.main().managementPort().port()));
  }

  @AfterEach
  void stop() {
    System.clearProperty(PORT);
    System.clearProperty(TOKEN_FILE);
    mayAnswer.countDown();
    gateway.close();
    worker.close();
  }

  private int run(String... args) {
    System.setOut(new PrintStream(told, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
    try {
      return Commands.run(args);
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  /** What was printed, without the log of the gateway, which is in the same process here. */
  private String told() {
    return told.toString(StandardCharsets.UTF_8).replaceAll("(?m)^20.* INFO .*\\R", "");
  }

  private String complained() {
    return complained.toString(StandardCharsets.UTF_8);
  }

  @Test
  void itListsTheWorkers() {
    assertThat(run("worker", "list")).isZero();
    assertThat(
            told().replaceFirst("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d", "YYYY-MM-DD HH:MM:SS"))
        .isEqualTo(
            """
            group  worker  state  since                keys     in flight
            front  w       up     YYYY-MM-DD HH:MM:SS  100.0 %  0
            """);
  }

  @Test
  void itDrainsAndBringsBack() {
    assertThat(run("worker", "drain", "w", "--wait", "10s")).isZero();
    assertThat(run("worker", "undrain", "w.sock")).isZero();
    assertThat(told())
        .isEqualTo(
            """
            w is drained, idle
            but it still serves front: no other worker may
            w is idle
            w takes requests again, idle
            """);
  }

  @Test
  void withoutTheTokenNothingChangesAndItTellsWhereThatIs() throws Exception {
    Path none = directory.resolve("none");
    System.setProperty(TOKEN_FILE, none.toString());
    for (String[] command : new String[][] {{"worker", "drain", "w"}, {"reload"}}) {
      complained.reset();
      assertThat(run(command)).isEqualTo(1);
      assertThat(complained())
          .isEqualTo(
              "%s: there is no such file; this needs the management token: it is in %s"
                      .formatted(none, TestGateway.TOKEN)
                  + " (management.token-file); send it as Authorization: Bearer\n");
    }
    assertThat(run("worker", "drain", "w", "--token-file", TestGateway.TOKEN.toString())).isZero();
    Files.writeString(none, "another-token-than-that\n");
    complained.reset();
    assertThat(run("worker", "undrain", "w")).isEqualTo(1);
    assertThat(complained()).startsWith("this is not the management token; it is in ");
    told.reset();
    assertThat(run("worker", "list")).isZero();
    assertThat(told()).contains("up, drained");
  }

  @Test
  void whatMakesNoSenseLeadsToItsOwnHelp() {
    assertThat(run("worker", "drain", "w", "--wait", "60")).isEqualTo(2);
    assertThat(complained()).endsWith("\nTry: synapse-gateway worker drain --help\n");
  }

  @Test
  void aTokenFileThatIsNamedMustHaveOne() throws Exception {
    Path file = Files.writeString(directory.resolve("token"), "short\n");
    assertThat(run("worker", "drain", "w", "--token-file", file.toString())).isEqualTo(1);
    assertThat(complained()).startsWith(file + ": holds no token, ");
  }

  @Test
  void itDrainsAtAllGatewaysAndTellsWhichOneDoesNotObey() throws Exception {
    System.clearProperty(PORT);
    try (TestGateway other =
        TestGateway.withSteps(directory, "- to: worker:unix:" + directory.resolve("x.sock"))) {
      String one = "127.0.0.1:" + gateway.main().managementPort().port();
      String two = "127.0.0.1:" + other.main().managementPort().port();
      assertThat(run("worker", "drain", "w", "--gateways", one)).isZero();
      assertThat(told()).contains(one).contains("drained, but serves front: no other worker may");
      assertThat(run("ring", "--compare", one)).isZero();
      assertThat(complained())
          .isEqualTo("There is only one gateway, " + one + ", and nothing to compare it with\n");
      told.reset();

      assertThat(run("worker", "undrain", "w", "--gateways", "http://" + one + "," + two)).isOne();
      assertThat(told()).contains("takes requests").contains(two + "  -  ").contains("no worker w");
    }
  }

  @Test
  void itTellsScriptsTheSame() {
    assertThat(run("worker", "drain", "w", "--wait", "10s", "--json")).isZero();
    assertThat(told())
        .isEqualTo(
            """
            {
              "worker" : "w",
              "server" : "unix:%s",
              "drained" : true,
              "inFlight" : 0,
              "stillServes" : [ "front" ]
            }
            """
                .formatted(worker.path()));
    told.reset();
    assertThat(run("worker", "list", "--json")).isZero();
    Status.OfWorker only = Json.read(told(), Status.class).groups().get(0).workers().get(0);
    assertThat(only.name()).isEqualTo("w");
    assertThat(only.drained()).isTrue();
    told.reset();
    assertThat(run("worker", "undrain", "w", "--json")).isZero();
    assertThat(told()).contains("\"drained\" : false");
  }

  @Test
  void itFailsIfAWorkerIsNotIdleInTime() throws Exception {
    try (RawClient client = gateway.client()) {
      client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
      worker.awaitRequest(0);
      assertThat(run("worker", "drain", "w", "--wait", "1ms")).isEqualTo(1);
      assertThat(complained()).isEqualTo("w is not idle, 1 in flight\n");
    }
  }

  @Test
  void itTellsWhichWorkersThereAre() {
    assertThat(run("worker", "drain", "x")).isEqualTo(1);
    assertThat(complained()).isEqualTo("there is no worker x; there are [w]\n");
  }

  @Test
  void itTellsThatNoGatewayAnswers() {
    gateway.close();
    assertThat(run("worker", "list")).isEqualTo(1);
    assertThat(complained())
        .isEqualTo(
            "No gateway answers at 127.0.0.1:"
                + System.getProperty(PORT)
                + " (management.host, management.port) [no-gateway]\n");
  }

  @Test
  void aDurationWithoutUnitMakesNoSense() {
    assertThat(run("worker", "drain", "w", "--wait", "5")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(complained()).startsWith("--wait = \"5\": write a duration with its unit");
  }
}
