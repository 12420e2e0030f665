// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
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
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.apache.camel.component.timer.TimerComponent;
import org.apache.camel.jsonpath.JsonPathLanguage;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.Arguments;
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
      start(
          workingDirectory(TestRoutes.frontTo("worker:unix:" + socket)),
          List.of("-Dgateway.port=0"));
      try (RawClient client = RawClient.connect(awaitPort())) {
        client.send("GET /?timeout=30000 HTTP/1.1\r\nHost: h\r\n\r\n");
        worker.awaitRequest(0);
        process.destroy();
        awaitOutput("Stopping: 1 open connections have 38000 ms to end");
        mayAnswer.countDown();
        assertThat(client.readReply().content()).isEqualTo("ok");
      }
      assertThat(exitStatus()).isZero();
    }
  }

  /** As on a machine that is no Linux, and where java may take no signals. */
  @Test
  void withoutNativeTransportAndSignalsItServesAsWell() throws Exception {
    Path socket = directory.resolve("w.sock");
    String body = "b".repeat(300_000);
    String post = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + body.length() + "\r\n\r\n";
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.echo())) {
      start(
          workingDirectory(TestRoutes.frontTo("worker:unix:" + socket)),
          List.of(
              "-Xrs",
              "-Dgateway.port=0",
              "-Dmanagement.port=0",
              "-Dio.netty.transport.noNative=true"));
      awaitOutput("SIGHUP does not reload here: Signal already used by VM or OS: SIGHUP");
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
    }
    signal("HUP");
    assertThat(exitStatus()).isEqualTo(128 + 1);
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
        gateway.resolve("routes"),
        "..1",
        Map.of("front.camel.yaml", TestRoutes.frontTo("worker:unix:" + one)));
    try (ScriptedWorker first = ScriptedWorker.at(one, ScriptedWorker.saying("one"));
        ScriptedWorker second = ScriptedWorker.at(two, ScriptedWorker.saying("two"))) {
      start(gateway, List.of());
      try (RawClient client = RawClient.connect(awaitPort())) {
        assertThat(client.exchange(request).content()).isEqualTo("one");
        mount(
            gateway.resolve("routes"),
            "..2",
            Map.of("front.camel.yaml", TestRoutes.frontTo("worker:unix:" + two)));
        awaitOutput("Reloaded: ");
        assertThat(client.exchange(request).content()).isEqualTo("two");
      }
      mount(
          gateway.resolve("config"),
          "..2",
          Map.of(
              "application.properties",
              settings + "gateway.fields-max=1KiB\ngateway.event-loops=1\n"));
      try (RawClient client = RawClient.connect(awaitPort())) {
        awaitOutput("(?s)Reloaded: .*Reloaded: ");
        awaitOutput("gateway\\.event-loops has changed; that takes effect at the next start");
        assertThat(client.exchange(request).status()).isEqualTo(431);
      }
      assertThat(output()).doesNotContain("not reloaded");
      assertThat(first.requests()).hasSize(1);
      assertThat(second.requests()).isNotEmpty();
    }
  }

  @Test
  void aSettingOfTheEnvironmentIsToldAsSuch() throws Exception {
    environment.put("GATEWAY_WORKER_KEEPALIV", "1");
    environment.put("GATEWAY_WHOAMI_WORKER", "inbound_main.sock");
    environment.put("GATEWAY_PORT", "-1");
    start(
        workingDirectory(TestRoutes.frontTo("worker:unix:/a.sock")),
        List.of("-Dgateway.port=0"),
        "check");
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output())
        .isEqualTo(
            """

            error: environment variable GATEWAY_WHOAMI_WORKER: %s [renamed-setting]
            error: environment variable GATEWAY_WORKER_KEEPALIV: unknown setting gateway.worker.keepaliv; did you mean gateway.worker.keepalive? [unknown-setting]
            error: environment variable GATEWAY_PORT: gateway.port = "-1": write a number from 0 to 65535 [bad-setting]

            errors: 3, warnings: 0
            """
                .formatted(RenamedKeys.hint("gateway.whoami.worker").orElseThrow()));
  }

  /** Puts the jar of a class into ext/. */
  private static void extend(Path gateway, Class<?> with) throws Exception {
    Path jar = Path.of(with.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path ext = Files.createDirectories(gateway.resolve("ext"));
    Files.copy(jar, ext.resolve(jar.getFileName()));
  }

  @Test
  void aJarInExtBringsAComponent() throws Exception {
    Path gateway = workingDirectory(TestRoutes.frontTo("worker:unix:/nowhere/a.sock"));
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
    Path gateway = workingDirectory(TestRoutes.frontTo("worker:unix:/nowhere/a.sock"));
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

  /** Needs more direct memory than there is: Java's own options know nothing of it. */
  public static final class Greedy {
    private static final List<Object> ALL = new ArrayList<>();

    public void fill() {
      while (true) {
        ALL.add(ByteBuffer.allocateDirect(1 << 20));
      }
    }
  }

  @Test
  void withoutMemoryInTheMiddleOfARequestTheProcessEnds() throws Exception {
    Path gateway =
        workingDirectory(
            "- beans:\n    - name: greedy\n      type: "
                + Greedy.class.getName()
                + "\n"
                + TestRoutes.frontTo("bean:greedy?method=fill"));
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
              Stream.of(HostileFilesTest.class, Hanging.class),
              Stream.of(HostileFilesTest.class.getDeclaredClasses()))
          .toArray(Class<?>[]::new);

  /** Each file that can be no route file is refused, the last reload hangs, and a signal counts. */
  @Test
  void aSignalEndsItWhateverIsPutIntoItsRoutes() throws Exception {
    Path gateway = workingDirectory(TestRoutes.frontTo("worker:unix:/nowhere/a.sock"));
    Path bad = gateway.resolve("routes/bad.camel.yaml");
    extendWithOwn(gateway, HOSTILE);
    start(
        gateway,
        List.of("-Dgateway.port=0", "-Dmanagement.port=0", "-Dcamel.main.shutdownTimeout=1"));
    awaitOutput("0 of 1 workers listen");
    for (Arguments hostile : HostileFilesTest.hostile().toList()) {
      ((HostileFilesTest.Put) hostile.get()[1]).at(bad);
      awaitReload("Reload refused", (String) hostile.get()[2]);
      Files.delete(bad);
    }
    Files.writeString(
        bad, "- beans:\n    - name: hanging\n      type: " + Hanging.class.getName() + "\n");
    awaitReload("hanging");
    assertThat(threads(process.pid())).contains("reload");
    process.destroy();
    assertThat(process.waitFor(6, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  /** Sends SIGHUP and waits until the process has printed these texts. */
  private void awaitReload(String... told) throws Exception {
    int before = output().length();
    signal("HUP");
    await()
        .atMost(PATIENCE)
        .until(() -> output().substring(before), Matchers.stringContainsInOrder(told));
  }

  @Test
  void aSignalEndsItThoughTheStartHangs() throws Exception {
    Path gateway = workingDirectory(TestRoutes.frontTo("worker:unix:/nowhere/a.sock"));
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
  void aJarThatLacksAnotherIsTold() throws Exception {
    Path gateway = workingDirectory(TestRoutes.frontTo("worker:unix:/nowhere/a.sock"));
    Files.writeString(
        gateway.resolve("routes/front.camel.yaml"),
        TestRoutes.frontTo("worker:unix:/nowhere/a.sock")
            + "        - setBody: { jsonpath: $.a }\n");
    extend(gateway, JsonPathLanguage.class);
    start(gateway, List.of("-Dgateway.port=0"));
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(output())
        .contains("put the jar that has it there too [missing-class]\n")
        .doesNotContain("\tat ");
  }

  @Test
  void theVersionHasTheCommitAndTheJava() throws Exception {
    start(directory, List.of(), "--version");
    assertThat(exitStatus()).isZero();
    assertThat(output())
        .matches(
            "synapse-gateway \\d+\\.\\d+\\.\\d+, commit ([0-9a-f]{12}\\+?|unknown), Java \\S+ \\(.*\\)\n");
  }

  @Test
  void signalsReloadItsFilesAndOpenItsLogAgain() throws Exception {
    Path gateway = workingDirectory(TestRoutes.frontTo("worker:unix:/nowhere/a.sock"));
    Path front = gateway.resolve("routes/front.camel.yaml");
    Path log = directory.resolve("access.log");
    Path moved = directory.resolve("access.log.1");
    start(
        gateway,
        List.of(
            "-Dgateway.port=0",
            "-Dmanagement.port=0",
            "-Dgateway.access-log=combined",
            "-Dgateway.access-log.file=" + log,
            "-Dgateway.access-log.rotate=off"));
    int port = awaitPort();
    awaitOutput("0 of 1 workers listen");
    Files.writeString(front, TestRoutes.frontTo("worker:unix:/nowhere/b.sock"));
    signal("HUP");
    awaitOutput("Reloaded: 1 routes serve from now on; routes/front.camel.yaml changed;");
    Files.writeString(front, "- route: [");
    signal("HUP");
    awaitOutput("ERROR Reloads Reload refused.*: routes/front.camel.yaml:1:");

    Files.move(log, moved);
    signal("USR1");
    await().until(() -> Files.exists(log));
    assertThat(moved).isEmptyFile();
    try (RawClient client = RawClient.connect(port)) {
      assertThat(client.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n").status()).isEqualTo(502);
    }
    await().until(() -> Files.readString(log).contains("\" 502 "));
    assertThat(moved).isEmptyFile();
    process.destroy();
    assertThat(exitStatus()).isZero();
  }

  private void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }
}
