// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.TestGateway;
import org.synapsegateway.TestRoutes;
import org.synapsegateway.Workbench;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.process.Reloaded;
import org.synapsegateway.settings.Settings;
import org.synapsegateway.tls.TestCertificate;
import org.synapsegateway.wire.ScriptedWorker;
import org.synapsegateway.worker.SocketDirectories;
import org.synapsegateway.worker.WorkerAddress;
import org.synapsegateway.worker.WorkerSocket;

/**
 * The wording of all faults: each {@link Code} is provoked here, and {@code faults.txt} has what an
 * admin reads. With {@code -Ddocs.write=true} the test writes that file.
 */
class FaultWordingTest {
  @RegisterExtension static final Workbench BENCH = new Workbench(Map.of());

  private static final Path GOLDEN = Path.of("src/test/resources/faults.txt");
  private static final Path FINDINGS = Path.of("src/test/resources/findings.txt");
  private static final Pattern CODED = Pattern.compile(".* \\[([a-z0-9-]+)]( \\(and .*)?");
  private static final String SETTINGS = "config/application.properties";
  private static final String FRONT = TestRoutes.frontTo("direct:group");

  private static final String GROUP =
      """
      - beans:
          - name: group
            type: org.synapsegateway.loadbalance.ConsistentHash
            properties: { key: user }
      - route:
          id: group
          from:
            uri: direct:group
            steps:
              - loadBalance:
                  customLoadBalancer: { ref: group }
                  steps:
                    - to: worker:unix:/nowhere/a.sock
                    - to: worker:unix:/nowhere/b.sock
      """;

  @TempDir static Path aside;

  private final StringBuilder all = new StringBuilder();

  @Test
  void theFileHasTheWordingOfAllCodes() throws Exception {
    files();
    settings();
    rules();
    slips();
    warnings();
    certificates();
    commands();
    surroundings();

    String told = all.toString();
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(GOLDEN, told);
    }
    assertThat(told).isEqualTo(Files.readString(GOLDEN));
    // import's findings are in a file of their own
    Stream<String> lines = Stream.concat(told.lines(), Files.readAllLines(FINDINGS).stream());
    assertThat(lines.map(CODED::matcher).filter(line -> line.matches()))
        .extracting(line -> line.group(1))
        .containsAll(Arrays.stream(Code.values()).map(Code::toString).toList());
  }

  // ---- how faults are provoked

  /** Begins a part of the file, with a working directory that has good routes. */
  private void part(String title) throws IOException {
    all.append(all.isEmpty() ? "" : "\n").append("# ").append(title).append('\n');
    good();
  }

  private static void good() throws IOException {
    BENCH.clear();
    BENCH.write("routes/front.camel.yaml", FRONT);
    BENCH.write("routes/group.camel.yaml", GROUP);
  }

  private void check(String... settings) throws IOException {
    run(settings, "check", "--files");
  }

  /** Runs a command, and adds the lines that have a code. */
  private void run(String[] settings, String... command) throws IOException {
    Map<String, String> given =
        Arrays.stream(settings)
            .map(line -> line.split("=", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    List<String> lines =
        BENCH
            .run(given, command)
            .output()
            .lines()
            .filter(line -> CODED.matcher(line).matches() && !line.contains(" WARN "))
            .toList();
    assertThat(lines).as(String.join(" ", command)).isNotEmpty();
    lines.forEach(this::add);
  }

  private void add(Object line) {
    all.append(
            line.toString()
                .replace(BENCH.directory().toString(), "DIR")
                .replace(aside.toString(), "DIR")
                .replace("user " + System.getProperty("user.name") + " ", "user USER ")
                .replaceAll("/proc/\\d+/", "/proc/PID/")
                .replaceAll("127\\.0\\.0\\.1:\\d{5}", "127.0.0.1:PORT")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:]+Z", "TIME")
                .replaceAll("memory allow \\d+ here", "memory allow N here")
                .replaceAll("process \\d+ of user \\d+", "process N of user N"))
        .append('\n');
  }

  private static UnaryOperator<String> replacing(String right, String wrong) {
    return text -> {
      assertThat(text).contains(right);
      return text.replace(right, wrong);
    };
  }

  /** One slip in the group's file. */
  private void slip(String right, String wrong) throws IOException {
    good();
    BENCH.write("routes/group.camel.yaml", replacing(right, wrong).apply(GROUP));
    check();
  }

  // ---- the parts

  private void files() throws IOException {
    part("ext/"); // first, as the jars are read once
    BENCH.write("ext/broken.jar", "PK");
    check();

    part("files of routes/");
    BENCH.write("routes/a.camel.yaml/x", "");
    BENCH.write("routes/b.camel.yaml", "");
    BENCH.write("routes/c.camel.yaml", "route: {}\n");
    BENCH.write("routes/d.camel.yaml", "- route:\n    {{a}}: b\n");
    BENCH.write("routes/e.camel.yaml", "- route:\n    id: x\n    id: y\n");
    BENCH.write("routes/f.camel.yaml", "- route: [\n");
    BENCH.write("routes/g.camel.yaml", "- ".repeat(30_000));
    BENCH.write("routes/h.camel.yaml", GROUP);
    Files.write(
        BENCH.directory().resolve("routes/i.camel.yaml"),
        "# caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    check();

    part("no files of routes/");
    BENCH.clear();
    check();
    Files.createDirectory(BENCH.directory().resolve("routes"));
    check();
  }

  private void settings() throws IOException {
    part("settings");
    BENCH.write(
        SETTINGS,
        """
        gateway.prot = 1
        camel.main.routesReloadEnabled = true
        my.key = 1
        my.key = 1
        gateway.connections-max = many
        gateway.worker.keepalive = {{my.kye}}
        gateway.trusted-proxies = 10.0.0.0/33
        """);
    check("gateway.port=-1");
    BENCH.write(SETTINGS, "gateway.fields-max = \\uZZ\n");
    check();
    BENCH.write(SETTINGS, "camel.main.exchange-factory = pooled\n");
    check();
    BENCH.write(SETTINGS, "gateway.listen = http://127.0.0.1:80\ngateway.host = 0.0.0.0\n");
    check();
    BENCH.write(SETTINGS, "");
    BENCH.write("routes/front.camel.yaml", FRONT.replace("{{gateway.port}}", "81"));
    check("gateway.listen=http://127.0.0.1:80");
  }

  private void rules() throws IOException {
    part("rules among routes");
    BENCH.write("routes/x.camel.yaml", "- route: { id: x }\n");
    check();
    BENCH.write(
        "routes/x.camel.yaml",
        "- route: { id: x, from: { uri: \"direct:{{my.kye}}\", steps: [ { log: x } ] } }\n");
    check();
    BENCH.write(
        "routes/x.camel.yaml",
        """
        - route: { id: again, from: { uri: direct:group, steps: [ { to: direct:gruop } ] } }
        - route: { id: empty, from: { uri: direct:empty, steps: [] } }
        - route:
            id: x
            from:
              uri: direct:x
              steps:
                - loadBalance: { steps: [ { to: worker:unix:/a.sock } ] }
                - loadBalance:
                    customLoadBalancer: { ref: group }
                    steps:
                      - to: worker:unix:/a.sock
                      - to: worker:unix:/a.sock?weight=2
                - choice:
                    when:
                      - steps: [ { log: x } ]
                      - language: { language: request, expression: GET ^/a }
                        steps: [ { log: x } ]
                      - language: { language: request, expression: GET ^/a }
                        steps: [ { log: x } ]
                - to: worker:unix:/b.sock?kepalive=1
        - route:
            id: none
            from:
              uri: direct:none
              steps: [ { loadBalance: { customLoadBalancer: { ref: group }, steps: [] } } ]
        """);
    check();
  }

  private void slips() throws IOException {
    part("one slip");
    String b = "              - to: worker:unix:/nowhere/b.sock\n";
    slip("worker:unix:/nowhere/b.sock", "wroker:unix:/nowhere/b.sock");
    slip("worker:unix:/nowhere/b.sock", "amqp:topic");
    slip(b, b.replace("to: worker:unix:/nowhere/b.sock", "setBody: { smiple: a }"));
    slip(b, b.replace("to: worker:unix:/nowhere/b.sock", "setBody: { groovy: a }"));
    slip(b, b.replace("to: worker:unix:/nowhere/b.sock", "unmarshal: { json: {} }"));
    slip("ref: group", "ref: gruop");
    slip("ConsistentHash", "ConsistantHash");
    slip(
        "org.synapsegateway.loadbalance.ConsistentHash",
        "org.synapsegateway.HostileFilesTest$Throwing");
    slip("key: user", "kye: user");
    slip("key: user", "key: usr");
    slip("    id: group\n", "    id: group\n    descripton: x\n");
    slip("- loadBalance:", "- loadBalanse:");
    slip(GROUP.substring(GROUP.indexOf("        - loadBalance")), "        - loadBalance: group\n");
    slip("b.sock", "b.sock?weight=1000000");
    slip("b.sock", "b.sock?weight=0");
    slip("b.sock", "b.sock?hold=soon");
    slip("/nowhere/b.sock", "nowhere/b.sock");
    slip(
        b,
        b.replace(
            "to: worker:unix:/nowhere/b.sock",
            "filter: { language: { language: request, expression: GET ^/( }, steps: [ { log: x } ] }"));
    good();
    BENCH.write("routes/front.camel.yaml", GROUP.replace("group", "front"));
    check();
  }

  private void warnings() throws IOException {
    part("warnings");
    BENCH.write("routes/own.yaml", "");
    BENCH.write(
        "routes/x.camel.yaml",
        """
        - beans:
            - name: last
              type: org.apache.camel.processor.aggregate.UseLatestAggregationStrategy
        - route:
            id: dead
            errorHandler: { deadLetterChannel: { deadLetterUri: "file:x?fileName=y" } }
            from: { uri: direct:dead, steps: [ { log: x } ] }
        - route:
            id: asleep
            autoStartup: false
            from: { uri: direct:asleep, steps: [ { log: x } ] }
        - route:
            id: port
            from: { uri: "netty-http:http://127.0.0.1:9464/x", steps: [ { log: x } ] }
        - route:
            id: gathered
            from:
              uri: direct:gathered
              steps:
                - aggregate: { aggregationStrategy: last, correlationExpression: { constant: a }, completionSize: 2, steps: [ { log: x } ] }
        - route:
            id: steps
            from:
              uri: direct:steps
              steps:
                - setExchangePattern: { pattern: InOnly }
                - pollEnrich: { expression: { constant: "seda:a" } }
                - multicast: { steps: [ { to: direct:asleep }, { to: worker:unix:/nowhere/a.sock }, { to: worker:unix:/nowhere/a.sock } ] }
                - choice:
                    when:
                      - language:
                          language: request
                          expression: |
                            GET ^/a/
                            ^/.*aREST$
                        steps: [ { log: x } ]
                      - language:
                          language: request
                          expression: |
                            GET ^/a/b$
                            ^/a/
                            GET ^/b$c
                            ^/.*bREST$
                        steps: [ { log: x } ]
        """
            .replace("REST", "[ab]".repeat(15)));
    BENCH.write(
        "routes/z.camel.yaml",
        """
        - errorHandler: { noErrorHandler: {} }
        - onException: { exception: [ java.lang.Exception ], steps: [ { log: x } ] }
        - route: { id: deaf, from: { uri: direct:deaf, steps: [ { log: x } ] } }
        """);
    BENCH.write(
        SETTINGS, "gateway.connections-max = 1000000\ngateway.workers.directory = /run/a/\n");
    Path socket = BENCH.directory().resolve("w.sock");
    BENCH.write(
        "routes/y.camel.yaml",
        "- route: { id: y, from: { uri: direct:y, steps: [ { to: \"worker:unix:"
            + socket
            + "\" } ] } }\n");
    try (ScriptedWorker worker =
        ScriptedWorker.at(
            socket, ScriptedWorker.replying("HTTP/1.1 500 no\r\nContent-Length: 0\r\n\r\n"))) {
      run(new String[] {"gateway.whoami.workers="}, "check");
      assertThat(worker.requests()).isNotEmpty();
    }
  }

  private void certificates() throws IOException {
    part("certificates");
    TestCertificate root = new TestCertificate.Maker().authority().make("Root");
    Instant now = Instant.now();
    certificate("a", TestCertificate.of("example.org"));
    certificate("b", new TestCertificate.Maker().issuedBy(root).make("b.org"));
    issued("c", root, maker -> maker.to(now.minusSeconds(60)));
    issued("d", root, maker -> maker.from(now.plusSeconds(7200)));
    issued("e", root, maker -> maker.to(now.plus(Duration.ofDays(13))));
    issued("f", root, maker -> maker.rsa(1024));
    certificate("g", TestCertificate.of("example.org"));
    certificate("h", TestCertificate.of("h.org"));
    BENCH.write("tls/h/privkey.pem", TestCertificate.of("h.org").key());
    Files.setPosixFilePermissions(
        BENCH.directory().resolve("tls/a/privkey.pem"),
        PosixFilePermissions.fromString("rw-r--r--"));
    check(
        "gateway.tls.certificates=" + BENCH.directory().resolve("tls"),
        "gateway.well-known.server={\"m.server\": \"matrix.example.org:443\"}");
  }

  /** A certificate whose file has the whole chain, and one fault. */
  private static void issued(
      String name, TestCertificate root, UnaryOperator<TestCertificate.Maker> fault)
      throws IOException {
    TestCertificate.Maker maker = new TestCertificate.Maker().names(name + ".org").issuedBy(root);
    TestCertificate made = fault.apply(maker).make(name + ".org");
    certificate(name, made);
    BENCH.write("tls/" + name + "/fullchain.pem", made.chain() + root.pem());
  }

  private static void certificate(String name, TestCertificate certificate) throws IOException {
    Path directory = certificate.writeTo(BENCH.directory().resolve("tls").resolve(name));
    Files.setPosixFilePermissions(
        directory.resolve("privkey.pem"), PosixFilePermissions.fromString("rw-r-----"));
  }

  private void commands() throws IOException {
    part("commands");
    String[] none = {};
    run(none, "chekc");
    run(none, "explain", "GET");
    run(none, "explain", "get", "/a");
    run(none, "ring", "gruop");
    run(none, "explain", "--from-log", "nowhere.log");
    run(none, "check", "--files", "--workers-doc", "routes/front.camel.yaml");
    run(none, "worker", "drain", "a", "--token-file", "nowhere");
    run(new String[] {"management.port=1"}, "worker", "list");
    Path synapse = Path.of("examples/synapse").toAbsolutePath();
    String[] importing = {
      "import", synapse + "/homeserver.yaml", synapse + "/workers", "--to", "imported", "--plain"
    };
    BENCH.run(importing);
    BENCH.write("imported/routes/typing.camel.yaml", "# mine\n");
    run(none, importing);
    badImports();
  }

  private void badImports() throws IOException {
    String[] none = {};
    String home = "server_name: hs\nlisteners: [{port: 8008, type: http}]\n";
    BENCH.write("homeserver.yaml", home);
    run(none, "import", "gone.yaml", "--to", "new");
    BENCH.write("worker.yaml", "worker_app: synapse.app.generic_worker\n");
    run(none, "import", "worker.yaml", "--to", "new");
    BENCH.write("template.yaml", home.replace("8008", "__PORT__"));
    run(none, "import", "template.yaml", "--to", "new");
    BENCH.write("bad.yaml", home.replace("8008", "'8008'"));
    run(none, "import", "bad.yaml", "--to", "new");
    BENCH.write("new/import.answers", "event1: synk\n");
    run(none, "import", "homeserver.yaml", "--to", "new");
    run(none, "import", "homeserver.yaml", "--to", "homeserver.yaml/new");
    BENCH.write("bad.conf", "server { listen 80 }\n");
    run(none, "import", "homeserver.yaml", "bad.conf", "--to", "new2");
    run(none, "import", "--compare", "bad.conf");
    BENCH.write("haproxy.cfg", "frontend in\n  mode http\n  acl a path_beg \"/a\n");
    run(none, "import", "homeserver.yaml", "haproxy.cfg", "--to", "new2");
    run(none, "import", "--compare", "haproxy.cfg");
    run(none, "import", "--compare", "gone.conf");
    BENCH.write("good.conf", "server { listen 80; location / { proxy_pass http://a; } }\n");
    run(none, "import", "homeserver.yaml", "good.conf", "good.conf", "--to", "new2");
    run(none, "import", "--compare", "good.conf", "--ask-nginx", "nowhere/nginx");
    run(none, "import", "--compare", "good.conf", "--from-log", "nowhere.log");
  }

  private void surroundings() throws Exception {
    part("surroundings");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      run(new String[] {"gateway.port=" + taken.getLocalPort(), "management.port=0"});
    }
    add(hiddenClients());
    WorkerAddress pool = WorkerAddress.of("tcp:sync:8083");
    add(WorkerSocket.ambiguous(pool, "10.0.0.1, 10.0.0.2", "routes/group.camel.yaml:10"));
    lostDirectories().forEach(this::add);
    add(late());
    new Reloaded(1, List.of(), List.of("gateway.event-loops"), null).later().forEach(this::add);
    StartupError.faults(new NoClassDefFoundError("com/example/Missing")).forEach(this::add);
    StartupError.faults(new IllegalStateException("why it fails")).forEach(this::add);
  }

  private static Fault hiddenClients() throws IOException {
    Path root = Files.createDirectory(aside.resolve("container"));
    Files.writeString(root.resolve(".dockerenv"), "");
    Files.writeString(
        Files.createDirectories(root.resolve("proc/net")).resolve("route"),
        "eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n");
    Map<String, String> given = Map.of("gateway.listen", "https://[::]:443");
    return new ContainerNetwork(root, key -> "")
        .warning(new Settings(key -> Optional.ofNullable(given.get(key))))
        .orElseThrow();
  }

  private static List<Fault> lostDirectories() throws Exception {
    Path made = Files.createDirectory(aside.resolve("run"));
    Process holder = new ProcessBuilder("sleep", "60").directory(made.toFile()).start();
    try {
      Path mounted = Path.of("/proc/" + holder.pid() + "/cwd");
      Files.delete(made);
      return SocketDirectories.lost(List.of(WorkerAddress.of("unix:" + mounted.resolve("a.sock"))));
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }

  /** What a reload says that has no time. */
  private static String late() throws IOException {
    List<String> errors = new ArrayList<>();
    try (TestGateway gateway =
        TestGateway.withSteps(aside.resolve("late"), "- setBody: { constant: a }")) {
      gateway.main().limitReloads(Duration.ZERO);
      errors.add(gateway.main().reload().error());
    }
    return errors.get(0);
  }
}
