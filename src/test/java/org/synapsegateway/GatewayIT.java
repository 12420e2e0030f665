package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.wire.RawClient;

/** The packaged jar as a process of its own: how it starts, what it says, how it ends. */
class GatewayIT {
  private static final Path JAR = Path.of(System.getProperty("gateway.jar")).toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;
  private Process process;

  private void start(Path workingDirectory, List<String> jvm, String... command)
      throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(jvm);
    line.add("-jar");
    line.add(JAR.toString());
    line.addAll(List.of(command));
    process =
        new ProcessBuilder(line)
            .directory(workingDirectory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("output").toFile())
            .start();
  }

  private String output() throws IOException {
    return Files.readString(directory.resolve("output"));
  }

  private int exitStatus() throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private Matcher awaitOutput(String pattern) {
    Pattern wanted = Pattern.compile(pattern);
    await().atMost(PATIENCE).until(() -> wanted.matcher(output()).find());
    try {
      Matcher matcher = wanted.matcher(output());
      assertThat(matcher.find()).isTrue();
      return matcher;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Path workingDirectory(String route) throws IOException {
    Path routes = Files.createDirectories(directory.resolve("gateway/routes"));
    Files.writeString(routes.resolve("front.camel.yaml"), route);
    return routes.getParent();
  }

  private static String front(String step) {
    return """
        - route:
            id: front
            from:
              uri: netty-http:http://{{gateway.host}}:{{gateway.port}}
              parameters:
                nettySharedHttpServer: "#frontDoor"
              steps:
                - to: %s
        """
        .formatted(step);
  }

  @AfterEach
  void end() throws Exception {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void theDemoServesCleansUpAndEndsWell() throws Exception {
    start(Path.of("").toAbsolutePath(), List.of("-Dgateway.port=0"), "demo");
    Matcher said =
        awaitOutput("sockets in (\\S+)\\s+and the gateway before them on http://\\S+:(\\d+)");
    Path sockets = Path.of(said.group(1));
    int port = Integer.parseInt(said.group(2));

    assertThat(Files.exists(sockets.resolve("inbound_main.sock"))).isTrue();
    try (RawClient client = RawClient.connect(port)) {
      assertThat(
              client
                  .exchange(
                      "GET /_matrix/client/v3/sync?since=s1&timeout=10 HTTP/1.1\r\nHost: h\r\n"
                          + "Authorization: Bearer syt_YWxpY2U_x_1\r\n\r\n")
                  .content())
          .contains("\"group\":\"normal_sync\"", "\"key\":\"YWxpY2U\"");
    }
    process.destroy();
    assertThat(exitStatus()).isZero();
    assertThat(Files.exists(sockets)).isFalse();
  }

  @Test
  void anUnknownCommandIsToldHow() throws Exception {
    start(directory, List.of(), "dmeo");
    assertThat(exitStatus()).isEqualTo(2);
    assertThat(output()).startsWith("Unmatched argument at index 0: 'dmeo'").contains("demo");
  }

  @Test
  void aWrongWorkerIsToldWithFileAndLine() throws Exception {
    start(workingDirectory(front("worker:unix:relative.sock")), List.of("-Dgateway.port=0"));
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output())
        .isEqualTo(
            "The gateway did not start: routes/front.camel.yaml:8: worker:unix:relative.sock has a"
                + " relative path; write worker:unix:/path.sock\n");
  }

  @Test
  void aPathThatIsTooLongForASocketIsToldWithItsLimit() throws Exception {
    start(workingDirectory(front("worker:unix:/" + "a".repeat(107))), List.of("-Dgateway.port=0"));
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output())
        .contains("routes/front.camel.yaml:8: ", "has a path of 108 bytes", "107 at most");
  }

  @Test
  void anUnknownOptionIsToldWithItsName() throws Exception {
    start(workingDirectory(front("worker:unix:/a.sock?kepalive=3")), List.of("-Dgateway.port=0"));
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output()).contains("routes/front.camel.yaml:8: ", "kepalive=3");
  }

  @Test
  void aFileThatIsNoYamlIsToldWithItsLine() throws Exception {
    start(
        workingDirectory(front("worker:unix:/a.sock") + "  - x: [\n"), List.of("-Dgateway.port=0"));
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output()).contains("file:routes/front.camel.yaml, line 9");
  }

  @Test
  void aPortThatIsTakenIsTold() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      start(
          workingDirectory(front("worker:unix:/a.sock")),
          List.of("-Dgateway.port=" + other.getLocalPort()));
      assertThat(exitStatus()).isEqualTo(1);
      assertThat(output())
          .startsWith("The gateway did not start: cannot listen on 127.0.0.1:")
          .contains("Address already in use");
    }
  }

  @Test
  void aDirectoryWithoutRoutesIsTold() throws Exception {
    start(directory, List.of("-Dgateway.port=0"));
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output())
        .isEqualTo(
            "The gateway did not start: there is no routes here; run the gateway in the directory"
                + " that has routes/ and config/\n");
  }

  @Test
  void routesWithoutAFrontRouteAreTold() throws Exception {
    Files.createDirectories(directory.resolve("routes"));
    start(directory, List.of("-Dgateway.port=0"));
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output())
        .startsWith("The gateway did not start: no route stands behind the front door");
  }

  @Test
  void aBadNetworkIsToldWithItsSetting() throws Exception {
    start(
        workingDirectory(front("worker:unix:/a.sock")),
        List.of("-Dgateway.port=0", "-Dgateway.trusted-proxies=10.0.0.0/33"));
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output())
        .isEqualTo(
            "The gateway did not start: gateway.trusted-proxies: \"10.0.0.0/33\" has no prefix"
                + " length from 0 to 32\n");
  }

  @Test
  void aBadPatternIsToldOnce() throws Exception {
    String route =
        front("worker:unix:/a.sock")
            .replace(
                "        - to: worker",
                "        - filter:\n"
                    + "            expression:\n"
                    + "              language:\n"
                    + "                language: request\n"
                    + "                expression: GET ^/a(\n"
                    + "            steps:\n"
                    + "              - to: worker");
    start(workingDirectory(route), List.of("-Dgateway.port=0"));
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output()).startsWith("The gateway did not start: routes/front.camel.yaml:");
    assertThat(output()).containsOnlyOnce("The gateway did not start");
  }

  @Test
  void anUnknownSettingIsTold() throws Exception {
    Path gateway = workingDirectory(front("worker:unix:/a.sock"));
    Files.createDirectories(gateway.resolve("config"));
    Files.writeString(gateway.resolve("config/application.properties"), "gateway.prot = 1\n");
    start(gateway, List.of());
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output())
        .isEqualTo(
            "The gateway did not start: unknown settings in config/application.properties:"
                + " gateway.prot\n");
  }

  private static final String TWO_GROUPS =
      """
      - route:
          id: front
          from:
            uri: netty-http:http://{{gateway.host}}:{{gateway.port}}
            parameters:
              nettySharedHttpServer: "#frontDoor"
            steps:
              - choice:
                  when:
                    - expression:
                        language:
                          language: request
                          expression: |
                            GET ^/a$
                            ^/b
                      steps:
                        - to: worker:unix:/nowhere/a.sock
                    - expression:
                        language:
                          language: request
                          expression: |
                            PUT ^/c$
                            GET ^/b/c$
                      steps:
                        - to: worker:unix:/nowhere/a.sock
      """;

  @Test
  void explainTellsTheLineAndTheWorker() throws Exception {
    start(workingDirectory(TWO_GROUPS), List.of(), "explain", "PUT", "/c?x=y", "-H", "A: b");
    assertThat(exitStatus()).isZero();
    assertThat(output())
        .isEqualTo(
            """
            PUT /c from 127.0.0.1

            front  routes/front.camel.yaml:22  PUT ^/c$  -> worker:unix:/nowhere/a.sock

            group          front
            worker         unix:/nowhere/a.sock
            if it is down  502 M_UNKNOWN: The worker cannot be reached
            """);
  }

  @Test
  void explainRefusesWhatTheFrontDoorWould() throws Exception {
    start(workingDirectory(TWO_GROUPS), List.of(), "explain", "GET", "relative");
    assertThat(exitStatus()).isEqualTo(2);
    assertThat(output())
        .isEqualTo(
            "The gateway would refuse this with 400: a target must begin with \"/\" or with http://"
                + " or https://\n");
  }

  @Test
  void checkWarnsOfWhatMayBeMeant() throws Exception {
    start(workingDirectory(TWO_GROUPS), List.of(), "check");
    assertThat(exitStatus()).isZero();
    assertThat(output())
        .contains(
            "front            routes/front.camel.yaml        2        -",
            "warning: routes/front.camel.yaml:17: nobody can be reached at /nowhere/a.sock: does not"
                + " exist\n",
            "warning: routes/front.camel.yaml:25: /nowhere/a.sock is a worker of"
                + " routes/front.camel.yaml:17 too, so that one group's load is the other's\n",
            "warning: routes/front.camel.yaml:23: GET ^/b/c$ never decides, for all that it means is"
                + " decided at routes/front.camel.yaml:15\n")
        .endsWith("\nerrors: 0, warnings: 3\n");
  }

  @Test
  void checkTellsAnErrorWithItsPlace() throws Exception {
    start(workingDirectory(front("worker:unix:relative.sock")), List.of(), "check");
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output())
        .isEqualTo(
            "\nerror: routes/front.camel.yaml:8: worker:unix:relative.sock has a relative path;"
                + " write worker:unix:/path.sock\n\nerrors: 1, warnings: 0\n");
  }

  @Test
  void checkTellsAnUnknownSetting() throws Exception {
    Path gateway = workingDirectory(front("worker:unix:/a.sock"));
    Files.createDirectories(gateway.resolve("config"));
    Files.writeString(gateway.resolve("config/application.properties"), "gateway.prot = 1\n");
    start(gateway, List.of(), "check");
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output())
        .contains("error: unknown settings in config/application.properties: gateway.prot\n");
  }
}
