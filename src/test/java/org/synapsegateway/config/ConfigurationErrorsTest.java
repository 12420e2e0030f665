package org.synapsegateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.synapsegateway.TestRoutes;
import org.synapsegateway.explain.Rehearsal;
import org.synapsegateway.settings.RenamedKeys;

/** What a start says of routes that are not right: one line with its place, and nothing starts. */
class ConfigurationErrorsTest {
  private static final String BEAN =
      """
      - beans:
          - name: group
            type: org.synapsegateway.loadbalance.ConsistentHash
            properties:
              key: user
      """;

  private static final String FRONT =
      TestRoutes.front(
          """
          - choice:
              when:
                - expression:
                    language:
                      language: request
                      expression: |
                        GET ^/a$
                        PUT ^/a$
                  steps:
                    - to: direct:group
              otherwise:
                steps:
                  - to: direct:group
          """);

  private static final String GROUP =
      """
      - route:
          id: group
          from:
            uri: direct:group
            steps:
              - loadBalance:
                  customLoadBalancer:
                    ref: group
                  steps:
                    - to: worker:unix:/nowhere/a.sock
                    - to: worker:unix:/nowhere/b.sock
      """;

  private static final String B = "              - to: worker:unix:/nowhere/b.sock\n";

  @TempDir Path directory;
  private Path routes;

  @BeforeEach
  void writeGoodRoutes() throws IOException {
    routes = Files.createDirectory(directory.resolve("routes"));
    write("bean", BEAN);
    write("front", FRONT);
    write("group", GROUP);
  }

  private void write(String name, String yaml) throws IOException {
    Files.writeString(routes.resolve(name + ".camel.yaml"), yaml);
  }

  private String pattern() {
    return "file:" + routes + "/*.camel.yaml";
  }

  /** What the start says, its places as they would be in the working directory. */
  private String told() {
    System.setProperty(Layout.ROUTES, pattern());
    try {
      RuntimeException error =
          catchThrowableOfType(RuntimeException.class, () -> Rehearsal.start().close());
      assertThat(error).as("the start's failure").isNotNull();
      String told = StartupError.describe(error);
      assertThat(told).doesNotContain("\n");
      return told.replace(directory + "/", "");
    } finally {
      System.clearProperty(Layout.ROUTES);
    }
  }

  @Test
  void goodRoutesStart() {
    Rehearsal.start(Map.of("camel.main.routesIncludePattern", pattern())).close();
  }

  @Test
  void aStepForManyRoutesIsToldWithItsOwnPlace() throws IOException {
    write(
        "before",
        """
        - routeConfiguration:
            interceptFrom:
              - interceptFrom:
                  uri: netty-http:*
                  steps:
                    - to: direct:nowhere
        """);
    assertThat(told())
        .isEqualTo(
            "routes/before.camel.yaml:6: route front sends to direct:nowhere, and no route is from"
                + " there");
  }

  // ---- one slip in one file

  private static Arguments slip(String file, String right, String wrong, String told) {
    return Arguments.of(file, right, wrong, told);
  }

  static Stream<Arguments> slips() {
    return Stream.of(
        // what is in a jar that is not here
        slip(
            "group",
            "worker:unix:/nowhere/b.sock",
            "amqp:topic",
            "routes/group.camel.yaml:11:21: nothing answers to amqp:; it is in"
                + " org.apache.camel:camel-amqp:4.18.0: put that jar and those it depends on into"
                + " ext/"),
        slip(
            "group",
            "worker:unix:/nowhere/b.sock",
            "kafak:topic",
            "routes/group.camel.yaml:11:21: nothing answers to kafak:; did you mean kafka:?"),
        slip(
            "group",
            B,
            B.replace("to: worker:unix:/nowhere/b.sock", "setBody: { groovy: 1 }"),
            "routes/group.camel.yaml:11:28: there is no language groovy; it is in"
                + " org.apache.camel:camel-groovy:4.18.0: put that jar and those it depends on into"
                + " ext/"),
        // YAML
        slip(
            "group",
            "worker:unix:/nowhere/b.sock",
            "{{gateway.workers.directory}}/b.sock",
            "routes/group.camel.yaml:11:50: is no YAML: a text in {..}, [..] or quotes ends before"
                + " this; put the whole text in quotes"),
        slip(
            "group",
            "worker:unix:/nowhere/b.sock",
            "{{gateway.workers.directory}}",
            "routes/group.camel.yaml:11:22: a key is a text and no list or map; put what has {{..}}"
                + " in quotes"),
        slip(
            "group",
            B,
            "              - to: [worker\n",
            "routes/group.camel.yaml:12:1: is no YAML: the [ at 11:21 has no ], or a comma is"
                + " missing"),
        slip(
            "group",
            "    from:",
            "      from:",
            "routes/group.camel.yaml:3:11: is no YAML: no \":\" may be here; indent a key as"
                + " its neighbours are, and put a text with \": \" in quotes"),
        slip(
            "group",
            "    id: group\n",
            "    id: group\n    id: other\n",
            "routes/group.camel.yaml:3:5: key \"id\" stands at 2:5 already, and only one could"
                + " count; remove one"),
        slip(
            "group",
            GROUP,
            "",
            "routes/group.camel.yaml: holds nothing; write a route, or name it other than"
                + " *.camel.yaml"),
        slip(
            "group",
            GROUP.substring(GROUP.indexOf("        - loadBalance")),
            "        - loadBalance: group\n",
            "routes/group.camel.yaml:6:24: a text stands where keys belong, or keys where a text"
                + " does"),
        slip(
            "group",
            GROUP.substring(GROUP.indexOf("    from:")),
            "",
            "routes/group.camel.yaml:1: route group has no from; add for example \"from: { uri:"
                + " direct:group, steps: [ .. ] }\""),
        slip(
            "group",
            "- route:",
            "route:",
            "routes/group.camel.yaml:1:1: a route file is a list; its first line is for example"
                + " \"- route:\""),
        // groups
        slip(
            "front",
            "otherwise:\n              steps:\n                - to: direct:group",
            "otherwise:\n              steps:\n                - to: direct:gruop",
            "routes/front.camel.yaml:21: route front sends to direct:gruop, and no route is from"
                + " there; did you mean direct:group?"),
        slip(
            "group",
            B,
            "              - to: direct:main\n",
            "routes/group.camel.yaml:11: route group sends to direct:main, and no route is from"
                + " there"),
        slip(
            "group",
            "      steps:\n",
            "      steps:\n        - wireTap:\n            uri: direct:mirror\n",
            "routes/group.camel.yaml:6: route group sends to direct:mirror, and no route is from"
                + " there"),
        slip(
            "group",
            "              - to: worker:unix:/nowhere/a.sock\n" + B,
            "              []\n",
            "routes/group.camel.yaml:6: route group has a loadBalance block without workers; add a"
                + " step \"to: worker:unix:/path.sock\""),
        slip(
            "group",
            GROUP.substring(GROUP.indexOf("        - loadBalance")),
            "        []\n",
            "routes/group.camel.yaml:4: route group has no steps; add for example \"to:"
                + " worker:unix:/path.sock\""),
        slip(
            "group",
            "b.sock",
            "../nowhere/a.sock?weight=2",
            "routes/group.camel.yaml:11: worker:unix:/nowhere/a.sock stands twice in one"
                + " loadBalance block; give it a weight instead, at routes/group.camel.yaml:10"),
        slip(
            "group",
            "            customLoadBalancer:\n              ref: group\n",
            "",
            "routes/group.camel.yaml:6: a loadBalance block names no balancer; add"
                + " \"customLoadBalancer: { ref: BEAN }\""),
        // request lines
        slip(
            "front",
            "GET ^/a$",
            "PUT ^/a$",
            "routes/front.camel.yaml:16: PUT ^/a$ stands at routes/front.camel.yaml:15 already, in"
                + " the same choice, and only one can decide; remove one"),
        slip(
            "front",
            "GET ^/a$",
            "GET ^/a($",
            "routes/front.camel.yaml:15 (route front), column 8: \"(\" without \")\"; write \\( for"
                + " the character itself: GET ^/a($"),
        slip(
            "front",
            "language: request",
            "languge: request",
            "routes/front.camel.yaml:13:21: unknown key \"languge\"; did you mean language?"),
        // names
        slip(
            "front",
            "language: request",
            "language: reqest",
            "routes/front.camel.yaml:13:31: there is no language reqest; did you mean request?"),
        slip(
            "front",
            "#frontDoor",
            "#frontDor",
            "routes/front.camel.yaml:6:32: there is no bean named frontDor; did you mean"
                + " frontDoor?"),
        slip(
            "front",
            "usingExecutorService",
            "usingExecutorServise",
            "routes/front.camel.yaml:4: netty-http: has no option usingExecutorServise; did you"
                + " mean usingExecutorService?"),
        slip(
            "group",
            "- loadBalance:",
            "- loadBalanse:",
            "routes/group.camel.yaml:6:11: unknown step \"loadBalanse\"; did you mean"
                + " loadBalance?"),
        slip(
            "group",
            "    id: group\n",
            "    id: group\n    descripton: x\n",
            "routes/group.camel.yaml:3:5: unknown key \"descripton\"; did you mean description?"),
        slip(
            "group",
            "ref: group",
            "ref: gruop",
            "routes/group.camel.yaml:8:20: there is no bean named gruop; did you mean group?"),
        slip(
            "group",
            "worker:unix:/nowhere/b.sock",
            "wroker:unix:/nowhere/b.sock?password=hunter2",
            "routes/group.camel.yaml:11:21: nothing answers to wroker:; did you mean worker:?"),
        slip(
            "group",
            "/nowhere/b.sock",
            "{{gateway.workers.diretory}}/b.sock",
            "routes/group.camel.yaml:11: there is no setting for {{gateway.workers.diretory}}; did"
                + " you mean gateway.workers.directory?"),
        slip(
            "group",
            "b.sock",
            "b.sock?kepalive=3",
            "routes/group.camel.yaml:11: worker: has no option kepalive; did you mean keepalive?"),
        slip(
            "group",
            "b.sock",
            "b.sock?password=hunter2",
            "routes/group.camel.yaml:11: worker: has no option password"),
        slip(
            "group",
            B,
            """
                          - to:
                              uri: worker:unix:/nowhere/b.sock
                              parameters:
                                kepalive: 3
            """,
            "routes/group.camel.yaml:11: worker: has no option kepalive; did you mean keepalive?"),
        slip(
            "bean",
            "key: user",
            "kye: user",
            "routes/bean.camel.yaml:5:9: bean group: there is no property kye; did you mean key?"),
        slip(
            "bean",
            "key: user",
            "password: hunter2",
            "routes/bean.camel.yaml:5:9: bean group: there is no property password"),
        slip(
            "bean",
            "ConsistentHash",
            "ConsistantHash",
            "routes/bean.camel.yaml:3:13: there is no class"
                + " org.synapsegateway.loadbalance.ConsistantHash; did you mean"
                + " org.synapsegateway.loadbalance.ConsistentHash?"),
        // values
        slip(
            "bean",
            "key: user",
            "key: usr",
            "routes/bean.camel.yaml:5:9: bean group: key: \"usr\" is not known; write one of"
                + " client-address, media, origin, path, room, target, user, or an expression as"
                + " language:expression"),
        slip(
            "bean",
            "key: user",
            "key: \"simpel:${body}\"",
            "routes/bean.camel.yaml:5:14: there is no language simpel; did you mean simple?"),
        slip(
            "bean",
            "key: user",
            "balanceFactor: 0.5",
            "routes/bean.camel.yaml:5:9: bean group: balanceFactor: 0.5 is too small; write 1 or"
                + " more, or 0 for no bound"),
        slip(
            "bean",
            "key: user",
            "points: 0",
            "routes/bean.camel.yaml:5:9: bean group: points: 0 is too few; the least is 1"),
        slip(
            "bean",
            "key: user",
            "points: many",
            "routes/bean.camel.yaml:5:9: bean group: points: write a whole number"),
        slip(
            "bean",
            "key: user",
            "fallback: maybe",
            "routes/bean.camel.yaml:5:9: bean group: fallback: write true or false"),
        slip(
            "bean",
            "- name: group",
            """
            - name: privatePaths
                  type: org.synapsegateway.routing.PrivatePaths
                  properties:
                    clients: 10.0.0.0/33
                - name: group\
            """,
            "routes/bean.camel.yaml:5:9: bean privatePaths: private clients: \"10.0.0.0/33\" has no"
                + " prefix length from 0 to 32"),
        slip(
            "group",
            "b.sock",
            "b.sock?weight=0",
            "routes/group.camel.yaml:11: worker:unix:/nowhere/b.sock has weight=0; the least is 1"),
        slip(
            "group",
            "b.sock",
            "b.sock?weight=1000000",
            "routes/group.camel.yaml:2: weights of 1000001 in all, with 160 points each, are more"
                + " than 4000000 points; make the weights smaller"),
        slip(
            "group",
            "b.sock",
            "b.sock?headMax=16",
            "routes/group.camel.yaml:11: worker:unix:/nowhere/b.sock headMax = \"16\": write a size"
                + " with its unit, for example 512B, 16KiB or 50MiB"),
        slip(
            "group",
            "b.sock",
            "b.sock?replayMax=1GiB",
            "routes/group.camel.yaml:11: worker:unix:/nowhere/b.sock replayMax = \"1GiB\": write"
                + " less than 1GiB"),
        slip(
            "group",
            "b.sock",
            "b.sock?fieldsMax=-1",
            "routes/group.camel.yaml:11: worker:unix:/nowhere/b.sock has fieldsMax=-1; the least is"
                + " 0"),
        slip(
            "bean",
            "- name: group",
            """
            - name: repeatable
                  type: org.synapsegateway.routing.Repeatable
                  properties: { requests: "POST ^/(a" }
                - name: group""",
            "routes/bean.camel.yaml:4:21: bean repeatable: line 1: \"(\" without \")\"; write \\( for the"
                + " character itself: POST ^/(a"),
        slip(
            "group",
            "b.sock",
            "b.sock?replyTimeout=-1",
            "routes/group.camel.yaml:11: worker:unix:/nowhere/b.sock has replyTimeout=-1; the least"
                + " is 1"),
        slip(
            "group",
            "b.sock",
            "b.sock?weight=1000000",
            "routes/group.camel.yaml:2: weights of 1000001 in all, with 160 points each, are more than"
                + " 4000000 points; make the weights smaller"),
        slip(
            "group",
            "b.sock",
            "b.sock?replyTimeout=15",
            "routes/group.camel.yaml:11: replyTimeout=15 has no unit; write for example 15ms or"
                + " 15s"),
        slip(
            "group",
            "b.sock",
            "b.sock?weight=2&connectTimeout=5",
            "routes/group.camel.yaml:11: connectTimeout=5 has no unit; write for example 5ms or"
                + " 5s"),
        slip(
            "group",
            "b.sock",
            "b.sock?hold=soon",
            "routes/group.camel.yaml:11: hold: write a duration with its unit, for example 500ms,"
                + " 30s or 5m"),
        slip(
            "group",
            "/nowhere/b.sock",
            "/" + "b".repeat(107),
            "routes/group.camel.yaml:11: worker:unix:/"
                + "b".repeat(107)
                + " has a path of 108 bytes; a UNIX socket's path has 107 at most"),
        slip(
            "group",
            "unix:/nowhere/b.sock",
            "tcp:sync-0.sync",
            "routes/group.camel.yaml:11: worker:tcp:sync-0.sync has no port from 1 to 65535 at its"
                + " end; write worker:tcp:host:8083 or worker:tcp:[::1]:8083"),
        slip(
            "group",
            "unix:/nowhere/b.sock",
            "tcp:10.0.0.1:8083?connectTimeout=0",
            "routes/group.camel.yaml:11: worker:tcp:10.0.0.1:8083 has connectTimeout=0, in which no"
                + " host can answer; write 1s"),
        slip(
            "group",
            "unix:/nowhere/b.sock",
            "tcp:10.0.0.256:8083",
            "routes/group.camel.yaml:11: worker:tcp:10.0.0.256:8083 has no host's name and no IP"
                + " address behind tcp:"),
        slip(
            "group",
            "unix:/nowhere/b.sock",
            "tcp:A:1\n              - to: worker:tcp:a:1",
            "routes/group.camel.yaml:12: worker:tcp:a:1 stands twice in one loadBalance block;"
                + " give it a weight instead, at routes/group.camel.yaml:11"),
        slip(
            "group",
            "unix:/nowhere/b.sock",
            "/nowhere/b.sock",
            "routes/group.camel.yaml:11: worker:/nowhere/b.sock is neither a UNIX socket nor a"
                + " host's port; write worker:unix:/path.sock or worker:tcp:host:8083"));
  }

  @ParameterizedTest
  @MethodSource("slips")
  void aSlipIsToldWithItsPlace(String file, String right, String wrong, String told)
      throws IOException {
    Path path = routes.resolve(file + ".camel.yaml");
    String yaml = Files.readString(path);
    assertThat(yaml).contains(right);
    int at = yaml.indexOf(right);
    Files.writeString(path, yaml.substring(0, at) + wrong + yaml.substring(at + right.length()));

    assertThat(told()).isEqualTo(told);
  }

  // ---- what stands twice, in two files

  static Stream<Arguments> twins() {
    return Stream.of(
        Arguments.of(
            GROUP.replace("direct:group", "direct:other"),
            "routes/twin.camel.yaml:2:9: route group stands at routes/group.camel.yaml:2:9 already;"
                + " give one of them another id"),
        Arguments.of(
            GROUP.replace("id: group", "id: other"),
            "routes/twin.camel.yaml:4: route other is from direct:group, as route group at"
                + " routes/group.camel.yaml:4 is; only one can be"),
        Arguments.of(
            FRONT.replace("id: front", "id: other").replace("{{gateway.port}}", "1"),
            "routes/twin.camel.yaml:4: route other is from the front door, as route front at"
                + " routes/front.camel.yaml:4 is; only one can be"),
        Arguments.of(
            BEAN.replace("user", "room"),
            "routes/twin.camel.yaml:2:13: bean group stands at routes/bean.camel.yaml:2:13 already;"
                + " give one of them another name"));
  }

  @ParameterizedTest
  @MethodSource("twins")
  void whatStandsTwiceIsToldWithBothPlaces(String twin, String told) throws IOException {
    write("twin", twin);

    assertThat(told()).isEqualTo(told);
  }

  @Test
  void twoBranchesWithTheSameConditionAreTwins() throws IOException {
    write(
        "front",
        FRONT.replace(
            "            otherwise:",
            """
                          - language: { language: query, expression: since }
                            steps: [ { to: direct:group } ]
                          - language: { language: query, expression: since }
                            steps: [ { to: direct:group } ]
                        otherwise:\
            """));

    assertThat(told())
        .startsWith("routes/front.camel.yaml:21: query since stands at routes/front.camel.yaml:19");
  }

  @Test
  void linesThatMerelyOverlapAndStandInsAreNoTwins() throws IOException {
    write("front", FRONT.replace("PUT ^/a$", "GET|PUT ^/a$\n                      ^/a"));
    write(
        "group",
        GROUP
            + GROUP
                .replace("group", "other")
                .replace(B, "              - to: direct:group\n")
                .replace("a.sock", "c.sock"));
    write("bean", BEAN + BEAN.replace("group", "other"));

    Rehearsal.start(Map.of("camel.main.routesIncludePattern", pattern())).close();
  }

  @Test
  void aSocketOfTwoGroupsIsTakenWithAWarning() throws IOException {
    write("other", GROUP.replace("group", "other") + BEAN.replace("group", "other"));

    try (Rehearsal rehearsal =
        Rehearsal.start(Map.of("camel.main.routesIncludePattern", pattern()))) {
      assertThat(RouteRules.sharedWorkers(rehearsal.context()))
          .extracting(warning -> warning.replace(directory + "/", ""))
          .containsExactly(
              "routes/other.camel.yaml:10: /nowhere/a.sock is a worker of"
                  + " routes/group.camel.yaml:10 too, so that one group's load is the other's",
              "routes/other.camel.yaml:11: /nowhere/b.sock is a worker of"
                  + " routes/group.camel.yaml:11 too, so that one group's load is the other's");
    }
  }

  @Test
  void aSocketOfAnInterceptorThatStandsInAllRoutesIsNoSharedOne() throws IOException {
    write(
        "front",
        """
        - interceptFrom:
            steps:
              - to: worker:unix:/nowhere/all.sock
        """
            + FRONT
            + """
            - route:
                from:
                  uri: direct:second
                  steps:
                    - to: worker:unix:/nowhere/c.sock
            """);

    try (Rehearsal rehearsal =
        Rehearsal.start(Map.of("camel.main.routesIncludePattern", pattern()))) {
      assertThat(RouteRules.sharedWorkers(rehearsal.context())).isEmpty();
      assertThat(RouteModel.workers(rehearsal.context())).containsKey("/nowhere/all.sock");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "CAMEL_MAIN_ROUTES_RELOAD_ENABLED, camel.main.routes.reload.enabled",
    "CAMEL_MAIN_ROUTESRELOADENABLED, camel.main.routesreloadenabled",
    "camel_main_routesReloadEnabled, camel.main.routesreloadenabled",
    "GATEWAY_WHOAMI_KEEP_UNKNOWN, gateway.whoami.keep.unknown",
  })
  void aVariableOfAFormerNameIsTold(String variable, String key) {
    assertThat(SettingKeys.slips(Set.of(variable, "GATEWAY_RELOAD", "PATH"))).containsExactly(key);
    assertThat(RenamedKeys.hint(key)).isPresent();
  }

  @Test
  void allFaultsOfAKindAreToldTogether() throws IOException {
    write("front", FRONT.replace("direct:group", "direct:none"));

    ConfigurationException error =
        catchThrowableOfType(
            ConfigurationException.class,
            () -> Rehearsal.start(Map.of("camel.main.routesIncludePattern", pattern())).close());
    assertThat(error.faults()).hasSize(2);
    assertThat(error).hasMessageEndingWith(" (and 1 more: see the command check)");
  }

  // ---- files that cannot be read

  @Test
  void aDirectoryIsNoRouteFile() throws IOException {
    Files.createDirectory(routes.resolve("x.camel.yaml"));

    assertThat(told())
        .isEqualTo("routes/x.camel.yaml: is a directory and no file; remove or rename it");
  }

  @Test
  void aLinkThatLeadsNowhereIsNoRouteFile() throws IOException {
    Files.createSymbolicLink(routes.resolve("x.camel.yaml"), Path.of("/nowhere/x"));

    assertThat(told())
        .isEqualTo(
            "routes/x.camel.yaml: is a link to what does not exist; mend or remove the link");
  }

  @Test
  void aFileThatMayNotBeReadIsTold() throws IOException {
    Path file = routes.resolve("group.camel.yaml");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(file), "root may read all");

    assertThat(told())
        .startsWith("routes/group.camel.yaml: user ")
        .endsWith(" may not read it; give it to that user, or chmod +r it");
  }

  @Test
  void aFileThatIsNoTextIsTold() throws IOException {
    Files.write(routes.resolve("x.camel.yaml"), new byte[] {'-', ' ', (byte) 0xff, '\n'});

    assertThat(told())
        .isEqualTo("routes/x.camel.yaml:1: is no text in UTF-8; save it in that encoding");
  }

  @Test
  void aDirectoryWithoutRouteFilesIsTold() throws IOException {
    routes = Files.createDirectory(directory.resolve("empty"));

    assertThat(told())
        .isEqualTo(
            directory.resolve("empty").toString().replace(directory + "/", "")
                + " holds no file *.camel.yaml, so nothing can be served");
  }

  @Test
  void oneBrokenFileAmongTenKeepsAllFromStarting() throws IOException {
    for (int i = 0; i < 7; i++) {
      write("group" + i, (GROUP + BEAN).replace("group", "group" + i).replace("nowhere", "n" + i));
    }
    Rehearsal.start(Map.of("camel.main.routesIncludePattern", pattern())).close();
    write("broken", "- route:\n    id: x\n   from: y\n");

    assertThat(told()).startsWith("routes/broken.camel.yaml:3:4: is no YAML: ");
  }
}
