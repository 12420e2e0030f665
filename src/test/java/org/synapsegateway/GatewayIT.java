package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.apache.camel.component.timer.TimerComponent;
import org.apache.camel.jsonpath.JsonPathLanguage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.settings.RenamedKeys;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;

/** The packaged jar as a process of its own: how it starts, what it says, how it ends. */
class GatewayIT {
  private static final Path JAR = Path.of(System.getProperty("tests.jar")).toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;
  private final Map<String, String> environment = new HashMap<>();
  private Process process;

  private void start(Path workingDirectory, List<String> jvm, String... command)
      throws IOException {
    List<String> line = new ArrayList<>();
    line.addAll(List.of("env", "--default-signal=HUP")); // nohup may run these tests
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(jvm);
    line.add("-jar");
    line.add(JAR.toString());
    line.addAll(List.of(command));
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(workingDirectory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("output").toFile());
    builder.environment().putAll(environment);
    process = builder.start();
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
  void theDemoAsksItselfOnce() throws Exception {
    start(Path.of("").toAbsolutePath(), List.of(), "demo", "--once");
    assertThat(exitStatus()).isZero();
    assertThat(output())
        .contains(
            "/_matrix/client/versions\n  {\"worker\":\"main\"",
            "\"group\":\"normal_sync\",\"key\":\"YWxpY2U\"",
            "\"group\":\"initial_sync\",\"key\":\"YWxpY2U\"");
  }

  private static final Pattern LISTENS = Pattern.compile("Listening on 127\\.0\\.0\\.1:(\\d+)");

  private int awaitPort() {
    return Integer.parseInt(awaitOutput(LISTENS.pattern()).group(1));
  }

  @Test
  void aSignalEndsItWhenItsRequestsHaveEnded() throws Exception {
    Path socket = directory.resolve("w.sock");
    CountDownLatch mayAnswer = new CountDownLatch(1);
    try (ScriptedWorker worker =
        ScriptedWorker.at(
            socket,
            connection -> {
              connection.nextRequest();
              connection.await(mayAnswer);
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            })) {
      start(workingDirectory(front("worker:unix:" + socket)), List.of("-Dgateway.port=0"));
      try (RawClient client = RawClient.connect(awaitPort())) {
        client.send("GET /?timeout=30000 HTTP/1.1\r\nHost: h\r\n\r\n");
        worker.awaitRequest(0);
        process.destroy();
        awaitOutput("Listening no longer; 1 connections have 38000 ms to end");
        mayAnswer.countDown();
        assertThat(client.readReply().content()).isEqualTo("ok");
      }
      assertThat(exitStatus()).isZero();
    }
  }

  /** As on a machine that is no Linux, or whose C library the native transport does not know. */
  @Test
  void withoutNativeTransportItServesAsWell() throws Exception {
    Path socket = directory.resolve("w.sock");
    String body = "b".repeat(300_000);
    String post = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + body.length() + "\r\n\r\n";
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.echo())) {
      start(
          workingDirectory(front("worker:unix:" + socket)),
          List.of("-Dgateway.port=0", "-Dio.netty.transport.noNative=true"));
      try (RawClient client = RawClient.connect(awaitPort())) {
        awaitOutput("with \\d+ event loops \\(NIO: no native transport here, so slower\\)");
        for (int i = 0; i < 3; i++) {
          assertThat(client.send(post + body).readReply().content()).endsWith("\r\n\r\n" + body);
        }
        assertThat(worker.requests()).hasSize(3);
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n".repeat(20));
        for (int i = 0; i < 20; i++) {
          assertThat(client.readReply().status()).isEqualTo(200);
        }
      }
      process.destroy();
      assertThat(exitStatus()).isZero();
    }
  }

  @Test
  void changedSettingsCountForTheNextRequest() throws Exception {
    Path socket = directory.resolve("w.sock");
    Path gateway = workingDirectory(front("worker:unix:" + socket));
    Path config = Files.createDirectories(gateway.resolve("config"));
    String reloads = "gateway.reload=on\ngateway.port=0\nmanagement.port=0\n";
    Files.writeString(config.resolve("application.properties"), reloads);
    try (ScriptedWorker worker =
        ScriptedWorker.at(socket, ScriptedWorker.replying("HTTP/1.1 204 No Content\r\n\r\n"))) {
      start(gateway, List.of());
      try (RawClient client = RawClient.connect(awaitPort())) {
        String request = "GET / HTTP/1.1\r\nHost: h\r\nX: " + "x".repeat(2000) + "\r\n\r\n";
        assertThat(client.exchange(request).status()).isEqualTo(204);

        Files.writeString(
            config.resolve("application.properties"),
            reloads + "gateway.fields-max=1KiB\ngateway.event-loops=1\n");
        awaitOutput("Reloaded: 1 routes serve from now on");
        awaitOutput("gateway\\.event-loops has changed; that takes effect at the next start");
        assertThat(client.exchange(request).status()).isEqualTo(431);
      }
      assertThat(worker.requests()).hasSize(1);
    }
  }

  /** As Kubernetes mounts a ConfigMap: files are links through {@code ..data}, which is swapped. */
  private static void mount(Path directory, String version, Map<String, String> files)
      throws IOException {
    Path data = Files.createDirectories(directory.resolve(version));
    Path link = directory.resolve("..data");
    for (Map.Entry<String, String> file : files.entrySet()) {
      Files.writeString(data.resolve(file.getKey()), file.getValue());
      Path name = directory.resolve(file.getKey());
      if (!Files.exists(name, LinkOption.NOFOLLOW_LINKS)) {
        Files.createSymbolicLink(name, Path.of("..data").resolve(file.getKey()));
      }
    }
    Path before = Files.exists(link) ? link.toRealPath() : null;
    Files.createSymbolicLink(directory.resolve("..tmp"), Path.of(version));
    Files.move(directory.resolve("..tmp"), link, StandardCopyOption.ATOMIC_MOVE);
    if (before != null) {
      for (String file : files.keySet()) {
        Files.delete(before.resolve(file));
      }
      Files.delete(before);
    }
  }

  @Test
  void settingsAndRoutesOfAConfigMapAreLoadedWhenItIsReplaced() throws Exception {
    Path gateway = directory.resolve("gateway");
    Path one = directory.resolve("one.sock");
    Path two = directory.resolve("two.sock");
    String settings = "gateway.reload=on\ngateway.port=0\nmanagement.port=0\n";
    String request = "GET / HTTP/1.1\r\nHost: h\r\nX: " + "x".repeat(2000) + "\r\n\r\n";
    mount(gateway.resolve("config"), "..1", Map.of("application.properties", settings));
    mount(
        gateway.resolve("routes"), "..1", Map.of("front.camel.yaml", front("worker:unix:" + one)));
    try (ScriptedWorker first = ScriptedWorker.at(one, ScriptedWorker.saying("one"));
        ScriptedWorker second = ScriptedWorker.at(two, ScriptedWorker.saying("two"))) {
      start(gateway, List.of());
      try (RawClient client = RawClient.connect(awaitPort())) {
        assertThat(client.exchange(request).content()).isEqualTo("one");
        mount(
            gateway.resolve("routes"),
            "..2",
            Map.of("front.camel.yaml", front("worker:unix:" + two)));
        awaitOutput("Reloaded: ");
        assertThat(client.exchange(request).content()).isEqualTo("two");
      }
      mount(
          gateway.resolve("config"),
          "..2",
          Map.of("application.properties", settings + "gateway.fields-max=1KiB\n"));
      try (RawClient client = RawClient.connect(awaitPort())) {
        awaitOutput("(?s)Reloaded: .*Reloaded: ");
        assertThat(client.exchange(request).status()).isEqualTo(431);
      }
      assertThat(output()).doesNotContain("not reloaded");
      assertThat(first.requests()).hasSize(1);
      assertThat(second.requests()).isNotEmpty();
    }
  }

  @Test
  void aManagementPortThatIsTakenStopsTheStart() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      start(
          workingDirectory(front("worker:unix:" + directory.resolve("w.sock"))),
          List.of("-Dgateway.port=0", "-Dmanagement.port=" + taken.getLocalPort()));
      assertThat(exitStatus()).isEqualTo(1);
      assertThat(output())
          .contains(
              "cannot listen on 127.0.0.1:"
                  + taken.getLocalPort()
                  + ": Address already in use; another server listens there: stop it, or choose"
                  + " another port (management.host, management.port)");
    }
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
    assertThat(output())
        .contains(
            "routes/front.camel.yaml:8: worker: has no option kepalive; did you mean keepalive?");
  }

  @Test
  void aFileThatIsNoYamlIsToldWithItsLine() throws Exception {
    start(
        workingDirectory(front("worker:unix:/a.sock") + "  - x: [\n"), List.of("-Dgateway.port=0"));
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output()).contains("routes/front.camel.yaml:9:3: is no YAML: ").hasLineCount(1);
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
  void aDirectoryWithoutRouteFilesIsTold() throws Exception {
    Files.createDirectories(directory.resolve("routes"));
    start(directory, List.of("-Dgateway.port=0"));
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output())
        .isEqualTo(
            "The gateway did not start: routes holds no file *.camel.yaml, so nothing can be"
                + " served\n");
  }

  @Test
  void aBadNetworkIsToldWithItsSetting() throws Exception {
    start(
        workingDirectory(front("worker:unix:/a.sock")),
        List.of("-Dgateway.port=0", "-Dgateway.trusted-proxies=10.0.0.0/33"));
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output())
        .isEqualTo(
            "The gateway did not start: command line (-D): gateway.trusted-proxies: \"10.0.0.0/33\" has no prefix"
                + " length from 0 to 32; whoever is in a network that is named here is believed\n");
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
            "The gateway did not start: config/application.properties:1: unknown setting"
                + " gateway.prot; did you mean gateway.port?\n");
  }

  /** A line of config/application.properties and what is said of it, with its line. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          gateway.worker.reply-timeout = -1 | gateway.worker.reply-timeout = "-1": write a duration with its unit, for example 500ms, 30s or 5m
          gateway.port = 70000 | gateway.port = "70000": write a number from 0 to 65535
          gateway.port = {{my.prot}} | there is no setting for {{my.prot}}
          gateway.host = 999.1.1.1 | gateway.host = "999.1.1.1": write an address or a name, for example 127.0.0.1, [::1] or localhost
          gateway.private-clients = 10.0.0.0/33 | gateway.private-clients: "10.0.0.0/33" has no prefix length from 0 to 32
          gateway.workers.directory = run | gateway.workers.directory = "run": write a path that begins with /
          gateway.pasword = hunter2 | unknown setting gateway.pasword
          gatway.port = 1 | unknown setting gatway.port; did you mean gateway.port?
          camel.main.routesReloadEnabled = true | camel.main.routesReloadEnabled is now called gateway.reload
          camel.main.routesReloadDirectroy = hunter2 | unknown setting camel.main.routesReloadDirectroy; did you mean camel.main.routesReloadDirectory?
          camel.maim.name = x | unknown setting camel.maim.name; did you mean camel.main?
          camel.component.wroker.x = 1 | unknown setting camel.component.wroker.x: there is no component wroker; did you mean worker?
          camel.main.shutdownTimeout = soon | camel.main.shutdownTimeout: write a whole number
          gateway.fields-max = \\uZZ | \\u takes four hexadecimal digits; write \\\\ for a backslash
          """)
  void aBadLineOfTheSettingsIsToldWithItsPlace(String line, String told) throws Exception {
    Path gateway = workingDirectory(front("worker:unix:/a.sock"));
    Files.createDirectories(gateway.resolve("config"));
    Files.writeString(
        gateway.resolve("config/application.properties"), "# settings\n\n" + line + "\n");
    start(gateway, List.of());
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output())
        .isEqualTo("The gateway did not start: config/application.properties:3: " + told + "\n");
  }

  @Test
  void aKeyThatStandsTwiceIsToldWithBothLines() throws Exception {
    Path gateway = workingDirectory(front("worker:unix:/a.sock"));
    Files.createDirectories(gateway.resolve("config"));
    Files.writeString(
        gateway.resolve("config/application.properties"),
        "gateway.port=0\n# again\ngateway.port: \\\n  0\nmy.own = 1\nmy.own = 1\n");
    start(gateway, List.of(), "check");
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output())
        .isEqualTo(
            """

            error: config/application.properties:3: key gateway.port stands in line 1 already, and only one could count; remove one
            error: config/application.properties:6: key my.own stands in line 5 already, and only one could count; remove one

            errors: 2, warnings: 0
            """);
  }

  @Test
  void aDirectoryThatEndsWithASlashIsWarnedOf() throws Exception {
    Path gateway = workingDirectory(front("worker:unix:/a.sock"));
    start(gateway, List.of("-Dgateway.workers.directory=/run/a/"), "check");
    exitStatus();
    assertThat(output())
        .contains(
            "warning: command line (-D): gateway.workers.directory = /run/a/ ends with /, so each"
                + " worker has another name in the ring than without it, and users move; leave the"
                + " / out\n");
  }

  @Test
  void aSettingOfTheCommandLineIsToldAsSuch() throws Exception {
    start(
        workingDirectory(front("worker:unix:/a.sock")),
        List.of("-Dgateway.worker.keepaliv=1", "-Dgateway.port=-1"),
        "check");
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output())
        .isEqualTo(
            """

            error: command line (-D): unknown setting gateway.worker.keepaliv; did you mean gateway.worker.keepalive?
            error: command line (-D): gateway.port = "-1": write a number from 0 to 65535

            errors: 2, warnings: 0
            """);
  }

  @Test
  void aSettingOfTheEnvironmentIsToldAsSuch() throws Exception {
    environment.put("GATEWAY_WORKER_KEEPALIV", "1");
    environment.put("GATEWAY_PORT", "-1");
    start(workingDirectory(front("worker:unix:/a.sock")), List.of("-Dgateway.port=0"), "check");
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output())
        .isEqualTo(
            """

            error: environment variable GATEWAY_WORKER_KEEPALIV: unknown setting gateway.worker.keepaliv; did you mean gateway.worker.keepalive?
            error: environment variable GATEWAY_PORT: gateway.port = "-1": write a number from 0 to 65535

            errors: 2, warnings: 0
            """);
  }

  @Test
  void aMissingGroupIsToldBeforeThePortIsOpened() throws Exception {
    start(workingDirectory(front("direct:nowhere")), List.of("-Dgateway.port=0"));
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output())
        .isEqualTo(
            "The gateway did not start: routes/front.camel.yaml:8: route front sends to"
                + " direct:nowhere, and no route is from there\n");
  }

  /** Puts the jar of a class into ext/. */
  private static void extend(Path gateway, Class<?> with) throws Exception {
    Path jar = Path.of(with.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path ext = Files.createDirectories(gateway.resolve("ext"));
    Files.copy(jar, ext.resolve(jar.getFileName()));
  }

  @Test
  void aJarInExtBringsAComponent() throws Exception {
    Path gateway = workingDirectory(front("worker:unix:/nowhere/a.sock"));
    Files.writeString(
        gateway.resolve("routes/tick.camel.yaml"),
        """
        - route:
            id: tick
            from:
              uri: timer:tick?repeatCount=1&delay=0
              steps:
                - log: ticked
        """);
    extend(gateway, TimerComponent.class);
    start(gateway, List.of("-Dgateway.port=0", "-Dmanagement.port=0"));
    awaitOutput("ticked");
  }

  /** Takes all of the heap once the gateway serves. */
  public static final class HeapFiller {
    private static final List<byte[]> ALL = new ArrayList<>();

    public HeapFiller() {
      Thread thread =
          new Thread(
              () -> {
                while (ALL.size() < Integer.MAX_VALUE) {
                  ALL.add(new byte[100_000]);
                }
              });
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** Never comes to be. */
  public static final class Hanging {
    public Hanging() throws InterruptedException {
      System.out.println("hanging");
      Thread.currentThread().join();
    }
  }

  /** Puts classes of the tests into a jar in ext/. */
  private static void extendWithOwn(Path gateway, Class<?>... types) throws IOException {
    Path jar = Files.createDirectories(gateway.resolve("ext")).resolve("own.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (Class<?> type : types) {
        String name = type.getName().replace('.', '/') + ".class";
        try (InputStream in = type.getClassLoader().getResourceAsStream(name)) {
          out.putNextEntry(new ZipEntry(name));
          in.transferTo(out);
        }
      }
    }
  }

  @Test
  void withoutMemoryTheProcessEnds() throws Exception {
    Path gateway = workingDirectory(front("worker:unix:/nowhere/a.sock"));
    extendWithOwn(gateway, HeapFiller.class);
    Files.writeString(
        gateway.resolve("routes/bean.camel.yaml"),
        "- beans:\n    - name: filler\n      type: " + HeapFiller.class.getName() + "\n");
    start(
        gateway,
        List.of(
            "@" + Path.of("config/jvm.options").toAbsolutePath(),
            "-Xmx64m",
            "-Dgateway.port=0",
            "-Dmanagement.port=0"));
    awaitOutput("OutOfMemoryError");
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isNotZero();
  }

  /** Needs more memory of a kind than there is. */
  public static final class Greedy {
    private static final List<Object> ALL = new ArrayList<>();

    public void directBuffers() {
      while (true) {
        ALL.add(ByteBuffer.allocateDirect(1 << 20));
      }
    }

    public void threads() {
      new Thread(null, () -> {}, "too large", 1L << 46).start();
    }
  }

  /** Memory of which Java's options know nothing: it runs out in the middle of a request. */
  @ParameterizedTest
  @ValueSource(strings = {"directBuffers", "threads"})
  void withoutMemoryOfAnyKindTheProcessEnds(String kind) throws Exception {
    Path gateway =
        workingDirectory(
            "- beans:\n    - name: greedy\n      type: "
                + Greedy.class.getName()
                + "\n"
                + front("bean:greedy?method=" + kind));
    extendWithOwn(gateway, Greedy.class);
    start(gateway, List.of("-Xmx64m", "-Dgateway.port=0", "-Dmanagement.port=0"));
    try (RawClient client = RawClient.connect(awaitPort())) {
      client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(process.exitValue()).isEqualTo(3);
    assertThat(output()).contains("Memory has run out");
  }

  private static final Class<?>[] HOSTILE =
      Stream.concat(
              Stream.of(HostileFilesTest.class),
              Stream.of(HostileFilesTest.class.getDeclaredClasses()))
          .toArray(Class<?>[]::new);

  @ParameterizedTest(name = "{0}")
  @MethodSource("org.synapsegateway.HostileFilesTest#hostile")
  void whatIsNoRouteFileEndsTheStartWithOneSentence(
      String what, HostileFilesTest.Put put, String told) throws Exception {
    Path gateway = workingDirectory(front("worker:unix:/nowhere/a.sock"));
    extendWithOwn(gateway, HOSTILE);
    put.at(gateway.resolve("routes/bad.camel.yaml"));
    start(gateway, List.of("-Dgateway.port=0", "-Dmanagement.port=0"));
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output().lines().filter(line -> !line.contains(" WARN ")))
        .singleElement()
        .asString()
        .startsWith("The gateway did not start: ")
        .contains(told);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("org.synapsegateway.HostileFilesTest#hostile")
  void aSignalEndsItWhateverIsPutIntoItsRoutes(String what, HostileFilesTest.Put put, String told)
      throws Exception {
    Path gateway = workingDirectory(front("worker:unix:/nowhere/a.sock"));
    extendWithOwn(gateway, HOSTILE);
    start(
        gateway,
        List.of(
            "-Dgateway.port=0",
            "-Dmanagement.port=0",
            "-Dgateway.reload=on",
            "-Dcamel.main.shutdownTimeout=1"));
    awaitPort();
    put.at(gateway.resolve("routes/bad.camel.yaml"));
    awaitOutput("The routes are not reloaded, those before go on: ");
    process.destroy();
    assertThat(process.waitFor(6, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void aSignalEndsItThoughAReloadHangs() throws Exception {
    Path gateway = workingDirectory(front("worker:unix:/nowhere/a.sock"));
    extendWithOwn(gateway, Hanging.class);
    start(
        gateway,
        List.of(
            "-Dgateway.port=0",
            "-Dmanagement.port=0",
            "-Dgateway.reload=on",
            "-Dcamel.main.shutdownTimeout=1"));
    awaitOutput("Listening on");
    Files.writeString(
        gateway.resolve("routes/bean.camel.yaml"),
        "- beans:\n    - name: hanging\n      type: " + Hanging.class.getName() + "\n");
    long pid = process.pid();
    await().atMost(PATIENCE).until(() -> threads(pid).contains("reload"));
    process.destroy();
    assertThat(process.waitFor(6, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aSignalEndsItThoughTheStartHangs() throws Exception {
    Path gateway = workingDirectory(front("worker:unix:/nowhere/a.sock"));
    extendWithOwn(gateway, Hanging.class);
    Files.writeString(
        gateway.resolve("routes/bean.camel.yaml"),
        "- beans:\n    - name: hanging\n      type: " + Hanging.class.getName() + "\n");
    start(gateway, List.of("-Dgateway.port=0", "-Dmanagement.port=0"));
    awaitOutput("hanging");
    process.destroy();
    assertThat(process.waitFor(6, TimeUnit.SECONDS)).isTrue();
  }

  /** The names of a process's threads. */
  private static List<String> threads(long pid) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> tasks =
        Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
      for (Path task : tasks) {
        names.add(Files.readString(task.resolve("comm")).trim());
      }
    }
    return names;
  }

  @Test
  void aJarThatIsNoneIsTold() throws Exception {
    Path gateway = workingDirectory(front("worker:unix:/nowhere/a.sock"));
    Files.writeString(Files.createDirectories(gateway.resolve("ext")).resolve("half.jar"), "PK");
    start(gateway, List.of("-Dgateway.port=0"));
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output())
        .isEqualTo(
            "The gateway did not start: ext/half.jar: cannot be read as a jar: zip END header not"
                + " found; copy it again\n");
  }

  @Test
  void aJarThatLacksAnotherIsTold() throws Exception {
    Path gateway = workingDirectory(front("worker:unix:/nowhere/a.sock"));
    Files.writeString(
        gateway.resolve("routes/front.camel.yaml"),
        front("worker:unix:/nowhere/a.sock") + "        - setBody: { jsonpath: $.a }\n");
    extend(gateway, JsonPathLanguage.class);
    start(gateway, List.of("-Dgateway.port=0"));
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output())
        .contains("which one of the jars in ext/ needs; put the jar that has it there too\n")
        .doesNotContain("\tat ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{env:MY_DATABASE}}",
        "{{env:my-database}}",
        "{{env:my.database}}",
        "{{my.database}}",
        "{{indirect}}"
      })
  void aVariableIsNotToldInAnErrorOfTheRoutes(String placeholder) throws Exception {
    environment.put("MY_DATABASE", "hunter2-of the database");
    Path gateway = workingDirectory(front("\"worker:unix:" + placeholder + "\""));
    Files.createDirectories(gateway.resolve("config"));
    Files.writeString(
        gateway.resolve("config/application.properties"),
        "# caf\u00e9\nindirect = {{env:my-database}}\n",
        StandardCharsets.ISO_8859_1);
    start(gateway, List.of("-Dgateway.port=0"));
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output()).contains("routes/front.camel.yaml:").doesNotContain("hunter2");
  }

  @Test
  void settingsThatHadAnotherNameAreToldTheNewOne() throws Exception {
    Path gateway = workingDirectory(front("worker:unix:/nowhere/a.sock"));
    Files.createDirectories(gateway.resolve("config"));
    Files.writeString(
        gateway.resolve("config/application.properties"),
        RenamedKeys.all().stream().map(key -> key + "=1\n").collect(Collectors.joining()));
    environment.put("GATEWAY_WHOAMI_WORKER", "inbound_main.sock");
    start(gateway, List.of("-Dgateway.port=0"), "check");
    assertThat(exitStatus()).isEqualTo(1);
    for (String key : RenamedKeys.all()) {
      assertThat(output()).contains(RenamedKeys.hint(key).orElseThrow());
    }

    start(gateway, List.of("-Dgateway.port=0"));
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output()).containsOnlyOnce("is now called");
  }

  @Test
  void aSecretOfTheSettingsIsNotToldInAnErrorOfTheRoutes() throws Exception {
    Path gateway = workingDirectory(front("worker:unix:{{my.password}}"));
    Files.createDirectories(gateway.resolve("config"));
    Files.writeString(gateway.resolve("config/application.properties"), "my.password = hunter2\n");
    start(gateway, List.of("-Dgateway.port=0"));
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output()).contains("routes/front.camel.yaml:").doesNotContain("hunter2");
  }

  @Test
  void aSocketOfTwoGroupsIsWarnedOfAtTheStart() throws Exception {
    start(workingDirectory(TWO_GROUPS.replace("GET ^/b/c$", "^/d")), List.of("-Dgateway.port=0"));
    awaitOutput(
        "WARN  RouteRules routes/front.camel.yaml:25: /nowhere/a.sock is a worker of"
            + " routes/front.camel.yaml:17 too, so that one group's load is the other's");
    awaitOutput("Listening on 127.0.0.1");
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
            if it dies     502 M_UNKNOWN: The worker closed the connection before it replied; no other worker of its group is there
            """);
  }

  @Test
  void explainTellsProgramsInJson() throws Exception {
    start(workingDirectory(TWO_GROUPS), List.of(), "explain", "--json", "PUT", "/c");
    assertThat(exitStatus()).isZero();
    assertThat(output())
        .startsWith("{\n  \"request\" : \"PUT /c\",\n")
        .contains("\"place\" : \"routes/front.camel.yaml:22\"")
        .endsWith("}\n");
  }

  @Test
  void explainCountsTheRequestsOfALog() throws Exception {
    Path gateway = workingDirectory(TWO_GROUPS);
    Files.writeString(
        gateway.resolve("access.log"),
        """
        203.0.113.7 - - [24/Nov/2026:10:54:48 +0000] "GET /a HTTP/1.1" 200 2 "-" "-"
        203.0.113.7 - - [24/Nov/2026:10:54:48 +0000] "PUT /c HTTP/2.0" 200 2 "-" "-"
        203.0.113.7 - - [24/Nov/2026:10:54:48 +0000] "GET /e HTTP/1.1" 404 2 "-" "-"
        203.0.113.7 - - [24/Nov/2026:10:54:49 +0000] "-" 408 0 "-" "-"
        """);
    start(gateway, List.of(), "explain", "--from-log", "access.log");
    assertThat(exitStatus()).isZero();
    assertThat(output())
        .isEqualTo(
            """
            4 lines, 3 requests
            lines without a request line in quotes: 1, the first is line 4

               requests    share  group  by     requests    share  goes to
                      3  100.0 %  front  -             2   66.7 %  unix:/nowhere/a.sock
                                                       1   33.3 %  500 M_UNKNOWN: no step sends it to a worker

               requests    share  worker
                      2   66.7 %  unix:/nowhere/a.sock
                      1   33.3 %  500 M_UNKNOWN: no step sends it to a worker

            Where a line holds no token, its client's address counts as a user.
            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          explain --from-log nowhere.log | 1 | nowhere.log cannot be read: there is no such file
          explain --from-log routes | 1 | routes cannot be read: it is a directory
          explain --from-log routes/front.camel.yaml | 1 | routes/front.camel.yaml holds no request lines in quotes, as in "GET / HTTP/1.1"; is it an access log?
          explain GET | 2 | Name METHOD and TARGET, or --from-log FILE;try: synapse-gateway explain --help
          explain GET /a;b --client x | 2 | --client takes an IP address, for example 203.0.113.7;try: synapse-gateway explain --help
          explain get /a | 2 | Methods are written in capitals; did you mean GET?;try: synapse-gateway explain --help
          explain GET /a -H Authorization | 2 | -H takes NAME: VALUE, for example -H 'Host: example.com';try: synapse-gateway explain --help
          ring frnt | 2 | There is no group frnt; did you mean front?;try: synapse-gateway ring --help
          ring --add a.sock | 2 | Name the one GROUP that --add and --remove are about;try: synapse-gateway ring --help
          ring front --add a.sock?weight=x | 2 | "a.sock?weight=x" is no worker; write unix:/path.sock or unix:/path.sock?weight=2;try: synapse-gateway ring --help
          ring front --remove c.sock | 2 | Group front has no worker unix:/run/matrix-synapse/c.sock;try: synapse-gateway ring --help
          ring front --add /nowhere/b.sock | 2 | Group front has the worker unix:/nowhere/b.sock already;try: synapse-gateway ring --help
          ring front --remove /nowhere/a.sock --remove /nowhere/b.sock | 2 | Group front would have no worker left;try: synapse-gateway ring --help
          check --workers-doc nowhere.md | 1 | error: nowhere.md cannot be read: there is no such file
          chekc | 2 | Unmatched argument at index 0: 'chekc'; did you mean check?;try: synapse-gateway --help
          ring --ad x | 2 | Unknown option: '--ad'; did you mean --add?;try: synapse-gateway ring --help
          """)
  void whatCannotBeDoneIsToldInALine(String command, int status, String told) throws Exception {
    start(workingDirectory(RING), List.of(), command.split(" "));
    assertThat(exitStatus()).isEqualTo(status);
    assertThat(output().replace("\nTry: ", ";try: ")).contains(told + "\n");
  }

  private static final String RING =
      """
      - beans:
          - name: pair
            type: org.synapsegateway.loadbalance.ConsistentHash
      - route:
          id: front
          from:
            uri: netty-http:http://{{gateway.host}}:{{gateway.port}}
            parameters:
              nettySharedHttpServer: "#frontDoor"
            steps:
              - loadBalance:
                  customLoadBalancer: { ref: pair }
                  steps:
                    - to: worker:unix:/nowhere/a.sock
                    - to: worker:unix:/nowhere/b.sock?weight=2
      """;

  @Test
  void ringTellsTheSharesAndWhatMoves() throws Exception {
    Path gateway = workingDirectory(RING);
    start(gateway, List.of(), "ring");
    assertThat(exitStatus()).isZero();
    assertThat(output())
        .isEqualTo(
            """
            group  by    share   weight  worker
            front  user  34.7 %  1       unix:/nowhere/a.sock
            front  user  65.3 %  2       unix:/nowhere/b.sock
            """);
    start(
        gateway,
        List.of("-Dgateway.workers.directory=/nowhere"),
        "ring front --add worker:unix:/c.sock?weight=3 --remove a.sock".split(" "));
    assertThat(exitStatus()).isZero();
    assertThat(output())
        .isEqualTo(
            """
            now     then    worker
            34.7 %  -       unix:/nowhere/a.sock
            65.3 %  38.4 %  unix:/nowhere/b.sock
            -       61.6 %  unix:/c.sock

            68.2 % of the keys move
            28.0 %  from unix:/nowhere/a.sock  to unix:/c.sock
             6.6 %  from unix:/nowhere/a.sock  to unix:/nowhere/b.sock
            33.6 %  from unix:/nowhere/b.sock  to unix:/c.sock
            """);
  }

  @Test
  void completionIsABashScript() throws Exception {
    start(directory, List.of(), "completion");
    assertThat(exitStatus()).isZero();
    Path script = Files.writeString(directory.resolve("completion.bash"), output());
    String question =
        "source "
            + script
            + "; COMP_WORDS=(synapse-gateway ring --a); COMP_CWORD=2;"
            + " _complete_synapse-gateway 2>/dev/null; echo ${COMPREPLY[@]}";
    process =
        new ProcessBuilder("bash", "-c", question)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("output").toFile())
            .start();
    assertThat(exitStatus()).isZero();
    assertThat(output()).isEqualTo("--add\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "run ", "demo ", "check ", "reload ", "explain ", "ring ", "completion "})
  void eachCommandHasAHelp(String command) throws Exception {
    start(directory, List.of(), (command + "--help").split(" "));
    assertThat(exitStatus()).isZero();
    assertThat(output()).startsWith("Usage: synapse-gateway " + command);
  }

  @Test
  void theVersionHasTheCommitAndTheJava() throws Exception {
    start(directory, List.of("-Dlauncher.name=./gateway"), "--version");
    assertThat(exitStatus()).isZero();
    assertThat(output())
        .matches(
            "synapse-gateway \\d+\\.\\d+\\.\\d+, commit ([0-9a-f]{12}\\+?|unknown), Java \\S+ \\(.*\\)\n");
  }

  @Test
  void helpIsACommandToo() throws Exception {
    start(directory, List.of("-Dlauncher.name=./gateway"), "help", "explain");
    assertThat(exitStatus()).isZero();
    assertThat(output()).startsWith("Usage: ./gateway explain METHOD TARGET");
  }

  @Test
  void aFileOfTheAdminsOwnReplacesOneOfTheSameName() throws Exception {
    Path gateway = workingDirectory(front("worker:unix:/nowhere/shipped.sock"));
    Path own = Files.createDirectories(gateway.resolve("config/routes"));
    start(gateway, List.of(), "explain", "GET", "/");
    assertThat(exitStatus()).isZero();
    assertThat(output()).contains("unix:/nowhere/shipped.sock");

    Files.writeString(
        own.resolve("more.camel.yaml"),
        front("direct:x")
            .replace("front", "mine")
            .replaceAll(
                "(?s)netty-http.*",
                "direct:mine\n      steps:\n        - to: worker:unix:/nowhere/m.sock\n"));
    Files.writeString(own.resolve("front.camel.yaml"), front("direct:mine"));
    start(gateway, List.of(), "explain", "GET", "/");
    assertThat(exitStatus()).isZero();
    assertThat(output()).contains("unix:/nowhere/m.sock").doesNotContain("shipped");

    Files.writeString(own.resolve("front.camel.yaml"), front("direct:nobody"));
    start(gateway, List.of(), "check", "--files");
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output()).contains("error: config/routes/front.camel.yaml:8: ");
  }

  @Test
  void hangUpReloads() throws Exception {
    Path gateway = workingDirectory(front("worker:unix:/nowhere/a.sock"));
    List<String> ports = List.of("-Dgateway.port=0", "-Dmanagement.port=0");
    start(gateway, ports);
    awaitOutput("0 of 1 workers listen");
    Files.writeString(
        gateway.resolve("routes/front.camel.yaml"), front("worker:unix:/nowhere/b.sock"));
    hangUp();
    awaitOutput("Reloaded: 1 routes serve from now on; routes/front.camel.yaml changed;");
    Files.writeString(gateway.resolve("routes/front.camel.yaml"), "- route: [");
    hangUp();
    awaitOutput("ERROR GatewayMain The routes are not reloaded.*: routes/front.camel.yaml:1:");
    process.destroy();
    assertThat(exitStatus()).isZero();
  }

  @Test
  void hangUpEndsAProcessThatMayHaveNoSignals() throws Exception {
    start(
        workingDirectory(front("worker:unix:/nowhere/a.sock")),
        List.of("-Xrs", "-Dgateway.port=0", "-Dmanagement.port=0"));
    awaitOutput("SIGHUP does not reload here: Signal already used by VM or OS: SIGHUP");
    awaitOutput("0 of 1 workers listen");
    hangUp();
    assertThat(exitStatus()).isEqualTo(128 + 1);
  }

  private void hangUp() throws Exception {
    signal("HUP");
  }

  private void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  @Test
  void userSignalOpensTheAccessLogAgain() throws Exception {
    Path log = directory.resolve("access.log");
    Path moved = directory.resolve("access.log.1");
    start(
        workingDirectory(front("worker:unix:/nowhere/a.sock")),
        List.of(
            "-Dgateway.port=0",
            "-Dmanagement.port=0",
            "-Dgateway.access-log=combined",
            "-Dgateway.access-log.file=" + log,
            "-Dgateway.access-log.rotate=off"));
    int port = Integer.parseInt(awaitOutput(LISTENS.pattern()).group(1));
    awaitOutput("0 of 1 workers listen");
    Files.move(log, moved);
    signal("USR1");
    await().until(() -> Files.exists(log));
    assertThat(moved).isEmptyFile();
    try (RawClient client = RawClient.connect(port)) {
      assertThat(client.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n").status()).isEqualTo(502);
    }
    await().until(() -> Files.readString(log).contains("\" 502 "));
    assertThat(moved).isEmptyFile();
  }

  @Test
  void theStartIsToldInAFewLines() throws Exception {
    Path socket = directory.resolve("w.sock");
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(""))) {
      start(
          workingDirectory(RING.replace("/nowhere/a.sock", socket.toString())),
          List.of("-Dgateway.port=0", "-Dmanagement.port=0"));
      awaitOutput("1 of 2 workers listen");
      assertThat(worker.requests()).isEmpty();
      assertThat(output().replaceAll("(?m)^\\S+ ", ""))
          .matches(
              "INFO  FrontDoor Listening on 127\\.0\\.0\\.1:\\d+ with .*\n"
                  + "INFO  StartupSummary Metrics on http://127\\.0\\.0\\.1:\\d+/observe/metrics\n"
                  + "INFO  StartupSummary 1 routes; groups with workers: front 2; 0 without, for"
                  + " which others stand in\n"
                  + "WARN  StartupSummary 1 of 2 workers listen; not:"
                  + " /nowhere/b\\.sock does not exist\n");
    }
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
    start(workingDirectory(TWO_GROUPS), List.of("-Dgateway.whoami.workers="), "check");
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output().replaceAll(" +", " "))
        .contains(
            " ok empty, by default inbound_main.sock\n",
            " warning 4 request lines\n",
            "route front routes/front.camel.yaml:4 ok 2 workers\n",
            "socket /nowhere/a.sock routes/front.camel.yaml:17 missing does not exist\n",
            "warning: routes/front.camel.yaml:17: nobody can be reached at /nowhere/a.sock: does not"
                + " exist\n",
            "warning: routes/front.camel.yaml:25: /nowhere/a.sock is a worker of"
                + " routes/front.camel.yaml:17 too, so that one group's load is the other's\n",
            "warning: routes/front.camel.yaml:23: GET ^/b/c$ never decides, for all that it means is"
                + " decided at routes/front.camel.yaml:15\n")
        .contains(
            "\nerror: routes/front.camel.yaml:4: group front has nobody to send to: none of its"
                + " workers can be reached, nor any that stands in\n")
        .endsWith("\nerrors: 1, warnings: 3\n");
  }

  @Test
  void checkOfFilesLooksAtNoSocket() throws Exception {
    start(workingDirectory(TWO_GROUPS), List.of(), "check", "--files");
    assertThat(exitStatus()).isZero();
    assertThat(output()).doesNotContain("socket").endsWith("\nerrors: 0, warnings: 1\n");
  }

  @Test
  void checkIsStrictIfAsked() throws Exception {
    Path socket = directory.resolve("a.sock");
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(""))) {
      Path gateway = workingDirectory(TWO_GROUPS.replace("/nowhere/a.sock", socket.toString()));
      start(gateway, List.of(), "check", "--strict");
      assertThat(exitStatus()).isEqualTo(3);
      assertThat(worker.requests()).isNotEmpty();
    }
    assertThat(output())
        .contains(
            "warning: gateway.whoami.workers: nobody can be reached at"
                + " /run/matrix-synapse/inbound_main.sock: does not exist\n");
  }

  @Test
  void checkTellsSettingsLimitsAndHealth() throws Exception {
    Path socket = directory.resolve("w.sock");
    Path gateway = workingDirectory(front("worker:unix:" + socket));
    Files.createDirectories(gateway.resolve("config"));
    Files.writeString(
        gateway.resolve("config/application.properties"),
        "gateway.port=8008\ngateway.fields-max=32KiB\ngateway.connections-max=1000000\n"
            + "gateway.whoami.workers=\n");
    try (ScriptedWorker worker =
        ScriptedWorker.at(
            socket, ScriptedWorker.replying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))) {
      start(gateway, List.of("-Xmx64m"), "check", "--strict");
      assertThat(exitStatus()).isEqualTo(3);
      assertThat(worker.awaitRequest(0).target()).isEqualTo("/health");
    }
    assertThat(output())
        .containsPattern(
            "settings +config/application.properties +ok +3 of \\d+ are not the defaults\n")
        .containsPattern(
            "  gateway.fields-max +config/application.properties:2 +ok +32KiB, by default 64KiB\n")
        .containsPattern(
            "limits +this shell +warning +\\d+ descriptors and a heap of 64 MiB allow \\d+")
        .containsPattern(
            "socket \\S+w.sock +routes/front.camel.yaml:8 +healthy +\\S+, java, process")
        .containsPattern(
            "warning: config/application.properties:3: gateway.connections-max = 1000000, but"
                + " descriptors and memory allow \\d+ here; raise them")
        .endsWith("\nerrors: 0, warnings: 1\n");
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
  void checkTellsAllThatIsWrongWithTheSettings() throws Exception {
    Path gateway = workingDirectory(front("worker:unix:/a.sock"));
    Files.createDirectories(gateway.resolve("config"));
    Files.writeString(
        gateway.resolve("config/application.properties"),
        "gateway.prot = 1\n\ngateway.fields-max = 64\n");
    start(gateway, List.of(), "check");
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output())
        .isEqualTo(
            "\nerror: config/application.properties:1: unknown setting gateway.prot; did you mean"
                + " gateway.port?\nerror: config/application.properties:3: gateway.fields-max ="
                + " \"64\": write a size with its unit, for example 512B, 16KiB or 50MiB\n\n"
                + "errors: 2, warnings: 0\n");
  }
}
