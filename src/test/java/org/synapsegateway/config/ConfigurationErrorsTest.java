// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;
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
import org.synapsegateway.explain.DryRun;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;
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

  /** The first fault of the start, with places as they would be in the working directory. */
  private Fault fault() {
    System.setProperty(Layout.ROUTES, pattern());
    try {
      RuntimeException error =
          catchThrowableOfType(RuntimeException.class, () -> DryRun.start().close());
      assertThat(error).as("the start's failure").isNotNull();
      return StartupError.faults(error).get(0).map(text -> text.replace(directory + "/", ""));
    } finally {
      System.clearProperty(Layout.ROUTES);
    }
  }

  private void tells(Code code, String place, String value) {
    assertThat(fault())
        .extracting(Fault::code, Fault::place, Fault::value)
        .containsExactly(code, place, value);
  }

  @Test
  void goodRoutesStart() {
    DryRun.start(Map.of("camel.main.routesIncludePattern", pattern())).close();
  }

  /** Camel names the route that such steps are put into, and not what they are of. */
  @ParameterizedTest
  @CsvSource({
    "'${mesage}', ${mesage}",
    "'a ${body', a ${body",
    "'${header.X} =~= 1', ${header.X} =~= 1",
    "'{{own.expression}} ${mesage}', x ${mesage}"
  })
  void aBadExpressionIsToldWithItsOwnPlace(String written, String read) throws IOException {
    System.setProperty("own.expression", "x");
    write(
        "all",
        """
        - routeConfiguration:
            interceptFrom:
              - interceptFrom:
                  uri: netty-http:*
                  steps:
                    - setHeader:
                        name: X-A
                        expression: { simple: "EXPRESSION" }
                    - filter:
                        expression: { simple: "EXPRESSION" }
                        steps:
                          - stop: {}
        """
            .replaceFirst("EXPRESSION", "\\${body}")
            .replace("EXPRESSION", written));
    try {
      tells(Code.BAD_EXPRESSION, "routes/all.camel.yaml:10:39", read);
    } finally {
      System.clearProperty("own.expression");
    }
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
    tells(Code.UNKNOWN_GROUP, "routes/before.camel.yaml:6", "direct:nowhere");
  }

  // ---- one slip in one file

  private static Arguments slip(
      String file, String right, String wrong, Code code, String place, String value) {
    return Arguments.of(file, right, wrong, code, place, value);
  }

  static Stream<Arguments> slips() {
    return Stream.of(
        // what is in a jar that is not here
        slip(
            "group",
            "worker:unix:/nowhere/b.sock",
            "amqp:topic",
            Code.UNKNOWN_COMPONENT,
            "routes/group.camel.yaml:11:21",
            "amqp"),
        slip(
            "group",
            "worker:unix:/nowhere/b.sock",
            "kafak:topic",
            Code.UNKNOWN_COMPONENT,
            "routes/group.camel.yaml:11:21",
            "kafak"),
        slip(
            "group",
            B,
            B.replace("to: worker:unix:/nowhere/b.sock", "setBody: { groovy: 1 }"),
            Code.UNKNOWN_LANGUAGE,
            "routes/group.camel.yaml:11:28",
            "groovy"),
        // YAML
        slip(
            "group",
            "worker:unix:/nowhere/b.sock",
            "{{gateway.workers.directory}}/b.sock",
            Code.BAD_YAML,
            "routes/group.camel.yaml:11:50",
            ""),
        slip(
            "group",
            "worker:unix:/nowhere/b.sock",
            "{{gateway.workers.directory}}",
            Code.BAD_KEY,
            "routes/group.camel.yaml:11:22",
            ""),
        slip(
            "group",
            B,
            "              - to: [worker\n",
            Code.BAD_YAML,
            "routes/group.camel.yaml:12:1",
            ""),
        slip(
            "group", "    from:", "      from:", Code.BAD_YAML, "routes/group.camel.yaml:3:11", ""),
        slip(
            "group",
            "    id: group\n",
            "    id: group\n    id: other\n",
            Code.DUPLICATE_KEY,
            "routes/group.camel.yaml:3:5",
            "id"),
        slip("group", GROUP, "", Code.EMPTY_ROUTE_FILE, "routes/group.camel.yaml", ""),
        slip(
            "group",
            GROUP.substring(GROUP.indexOf("        - loadBalance")),
            "        - loadBalance: group\n",
            Code.BAD_NODE,
            "routes/group.camel.yaml:6:24",
            ""),
        slip(
            "group",
            GROUP.substring(GROUP.indexOf("    from:")),
            "",
            Code.MISSING_FROM,
            "routes/group.camel.yaml:1",
            "group"),
        slip("group", "- route:", "route:", Code.BAD_ROUTE_FILE, "routes/group.camel.yaml:1:1", ""),
        // groups
        slip(
            "front",
            "otherwise:\n              steps:\n                - to: direct:group",
            "otherwise:\n              steps:\n                - to: direct:gruop",
            Code.UNKNOWN_GROUP,
            "routes/front.camel.yaml:21",
            "direct:gruop"),
        slip(
            "group",
            B,
            "              - to: direct:main\n",
            Code.UNKNOWN_GROUP,
            "routes/group.camel.yaml:11",
            "direct:main"),
        slip(
            "group",
            "      steps:\n",
            "      steps:\n        - wireTap:\n            uri: direct:mirror\n",
            Code.UNKNOWN_GROUP,
            "routes/group.camel.yaml:6",
            "direct:mirror"),
        slip(
            "group",
            "              - to: worker:unix:/nowhere/a.sock\n" + B,
            "              []\n",
            Code.NO_WORKERS,
            "routes/group.camel.yaml:6",
            "group"),
        slip(
            "group",
            GROUP.substring(GROUP.indexOf("        - loadBalance")),
            "        []\n",
            Code.NO_STEPS,
            "routes/group.camel.yaml:4",
            "group"),
        slip(
            "group",
            "b.sock",
            "../nowhere/a.sock?weight=2",
            Code.DUPLICATE_WORKER,
            "routes/group.camel.yaml:11",
            "worker:unix:/nowhere/a.sock"),
        slip(
            "group",
            "            customLoadBalancer:\n              ref: group\n",
            "",
            Code.NO_BALANCER,
            "routes/group.camel.yaml:6",
            "loadBalance"),
        // request lines
        slip(
            "front",
            "GET ^/a$",
            "PUT ^/a$",
            Code.DUPLICATE_CONDITION,
            "routes/front.camel.yaml:16",
            "PUT ^/a$"),
        slip(
            "front",
            "GET ^/a$",
            "GET ^/a($",
            Code.BAD_EXPRESSION,
            "routes/front.camel.yaml:15",
            "GET ^/a($"),
        slip(
            "front",
            "language: request",
            "languge: request",
            Code.UNKNOWN_KEY,
            "routes/front.camel.yaml:13:21",
            "languge"),
        // names
        slip(
            "front",
            "language: request",
            "language: reqest",
            Code.UNKNOWN_LANGUAGE,
            "routes/front.camel.yaml:13:31",
            "reqest"),
        slip(
            "front",
            "#frontDoor",
            "#frontDor",
            Code.UNKNOWN_BEAN,
            "routes/front.camel.yaml:6:32",
            "frontDor"),
        slip(
            "front",
            "usingExecutorService",
            "usingExecutorServise",
            Code.UNKNOWN_OPTION,
            "routes/front.camel.yaml:4",
            "usingExecutorServise"),
        slip(
            "group",
            "- loadBalance:",
            "- loadBalanse:",
            Code.UNKNOWN_STEP,
            "routes/group.camel.yaml:6:11",
            "loadBalanse"),
        slip(
            "group",
            "    id: group\n",
            "    id: group\n    descripton: x\n",
            Code.UNKNOWN_KEY,
            "routes/group.camel.yaml:3:5",
            "descripton"),
        slip(
            "group",
            "ref: group",
            "ref: gruop",
            Code.UNKNOWN_BEAN,
            "routes/group.camel.yaml:8:20",
            "gruop"),
        slip(
            "group",
            "worker:unix:/nowhere/b.sock",
            "wroker:unix:/nowhere/b.sock?password=hunter2",
            Code.UNKNOWN_COMPONENT,
            "routes/group.camel.yaml:11:21",
            "wroker"),
        slip(
            "group",
            "/nowhere/b.sock",
            "{{gateway.workers.diretory}}/b.sock",
            Code.UNKNOWN_PLACEHOLDER,
            "routes/group.camel.yaml:11",
            "gateway.workers.diretory"),
        slip(
            "bean",
            "key: user",
            "key: '{{own.nothing}}'",
            Code.UNKNOWN_PLACEHOLDER,
            "routes/bean.camel.yaml:5:14",
            "own.nothing"),
        slip(
            "group",
            "b.sock",
            "b.sock?kepalive=3",
            Code.UNKNOWN_OPTION,
            "routes/group.camel.yaml:11",
            "kepalive"),
        slip(
            "group",
            "b.sock",
            "b.sock?password=hunter2",
            Code.UNKNOWN_OPTION,
            "routes/group.camel.yaml:11",
            "password"),
        slip(
            "group",
            B,
            """
                          - to:
                              uri: worker:unix:/nowhere/b.sock
                              parameters:
                                kepalive: 3
            """,
            Code.UNKNOWN_OPTION,
            "routes/group.camel.yaml:11",
            "kepalive"),
        slip(
            "bean",
            "key: user",
            "kye: user",
            Code.UNKNOWN_PROPERTY,
            "routes/bean.camel.yaml:5:9",
            "kye"),
        slip(
            "bean",
            "key: user",
            "password: hunter2",
            Code.UNKNOWN_PROPERTY,
            "routes/bean.camel.yaml:5:9",
            "password"),
        slip(
            "bean",
            "ConsistentHash",
            "ConsistantHash",
            Code.UNKNOWN_CLASS,
            "routes/bean.camel.yaml:3:13",
            "org.synapsegateway.loadbalance.ConsistantHash"),
        // values
        slip(
            "bean",
            "key: user",
            "key: usr",
            Code.BAD_PROPERTY,
            "routes/bean.camel.yaml:5:9",
            "key"),
        slip(
            "bean",
            "key: user",
            "key: \"simpel:${body}\"",
            Code.UNKNOWN_LANGUAGE,
            "routes/bean.camel.yaml:5:14",
            "simpel"),
        slip(
            "bean",
            "key: user",
            "balanceFactor: 0.5",
            Code.BAD_PROPERTY,
            "routes/bean.camel.yaml:5:9",
            "balanceFactor"),
        slip(
            "bean",
            "key: user",
            "points: 0",
            Code.BAD_PROPERTY,
            "routes/bean.camel.yaml:5:9",
            "points"),
        slip(
            "bean",
            "key: user",
            "points: many",
            Code.BAD_PROPERTY,
            "routes/bean.camel.yaml:5:9",
            "points"),
        slip(
            "bean",
            "key: user",
            "fallback: maybe",
            Code.BAD_PROPERTY,
            "routes/bean.camel.yaml:5:9",
            "fallback"),
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
            Code.BAD_PROPERTY,
            "routes/bean.camel.yaml:5:9",
            "clients"),
        slip(
            "group",
            "b.sock",
            "b.sock?weight=0",
            Code.BAD_URI,
            "routes/group.camel.yaml:11",
            "weight"),
        slip(
            "group",
            "b.sock",
            "b.sock?weight=1000000",
            Code.BAD_ROUTE,
            "routes/group.camel.yaml:2",
            "group"),
        slip(
            "group",
            "b.sock",
            "b.sock?headMax=16",
            Code.BAD_URI,
            "routes/group.camel.yaml:11",
            "headMax"),
        slip(
            "group",
            "b.sock",
            "b.sock?replayMax=1GiB",
            Code.BAD_URI,
            "routes/group.camel.yaml:11",
            "replayMax"),
        slip(
            "group",
            "b.sock",
            "b.sock?fieldsMax=-1",
            Code.BAD_URI,
            "routes/group.camel.yaml:11",
            "fieldsMax"),
        slip(
            "bean",
            "- name: group",
            """
            - name: repeatable
                  type: org.synapsegateway.routing.Repeatable
                  properties: { requests: "POST ^/(a" }
                - name: group""",
            Code.BAD_PROPERTY,
            "routes/bean.camel.yaml:4:21",
            "requests"),
        slip(
            "bean",
            "- name: group",
            """
            - name: silent
                  type: org.synapsegateway.config.ConfigurationErrorsTest$Silent
                  properties: { value: "any" }
                - name: group""",
            Code.BAD_PROPERTY,
            "routes/bean.camel.yaml:4:21",
            "value"),
        slip(
            "group",
            "b.sock",
            "b.sock?replyTimeout=-1",
            Code.BAD_URI,
            "routes/group.camel.yaml:11",
            "worker:unix:/nowhere/b.sock"),
        slip(
            "group",
            "b.sock",
            "b.sock?weight=1000000",
            Code.BAD_ROUTE,
            "routes/group.camel.yaml:2",
            "group"),
        slip(
            "group",
            "b.sock",
            "b.sock?replyTimeout=15",
            Code.BAD_URI,
            "routes/group.camel.yaml:11",
            "worker:unix:/nowhere/b.sock"),
        slip(
            "group",
            "b.sock",
            "b.sock?weight=2&connectTimeout=5",
            Code.BAD_URI,
            "routes/group.camel.yaml:11",
            "worker:unix:/nowhere/b.sock"),
        slip(
            "group",
            "b.sock",
            "b.sock?hold=soon",
            Code.BAD_URI,
            "routes/group.camel.yaml:11",
            "worker:unix:/nowhere/b.sock"),
        slip(
            "group",
            "/nowhere/b.sock",
            "/" + "b".repeat(107),
            Code.BAD_URI,
            "routes/group.camel.yaml:11",
            "worker:unix:/" + "b".repeat(107)),
        slip(
            "group",
            "unix:/nowhere/b.sock",
            "tcp:sync-0.sync",
            Code.BAD_URI,
            "routes/group.camel.yaml:11",
            "worker:tcp:sync-0.sync"),
        slip(
            "group",
            "unix:/nowhere/b.sock",
            "tcp:10.0.0.1:8083?connectTimeout=0",
            Code.BAD_URI,
            "routes/group.camel.yaml:11",
            "worker:tcp:10.0.0.1:8083"),
        slip(
            "group",
            "unix:/nowhere/b.sock",
            "tcp:10.0.0.256:8083",
            Code.BAD_URI,
            "routes/group.camel.yaml:11",
            "worker:tcp:10.0.0.256:8083"),
        slip(
            "group",
            "unix:/nowhere/b.sock",
            "tcp:A:1\n              - to: worker:tcp:a:1",
            Code.DUPLICATE_WORKER,
            "routes/group.camel.yaml:12",
            "worker:tcp:a:1"),
        slip(
            "group",
            "unix:/nowhere/b.sock",
            "/nowhere/b.sock",
            Code.BAD_URI,
            "routes/group.camel.yaml:11",
            "worker:/nowhere/b.sock"));
  }

  @ParameterizedTest
  @MethodSource("slips")
  void aSlipIsToldWithItsPlace(
      String file, String right, String wrong, Code code, String place, String value)
      throws IOException {
    Path path = routes.resolve(file + ".camel.yaml");
    String yaml = Files.readString(path);
    assertThat(yaml).contains(right);
    int at = yaml.indexOf(right);
    Files.writeString(path, yaml.substring(0, at) + wrong + yaml.substring(at + right.length()));

    tells(code, place, value);
  }

  // ---- duplicates in two files

  static Stream<Arguments> duplicates() {
    return Stream.of(
        Arguments.of(
            GROUP.replace("direct:group", "direct:other"),
            Code.DUPLICATE_ROUTE,
            "routes/twin.camel.yaml:2:9",
            "group"),
        Arguments.of(
            GROUP.replace("id: group", "id: other"),
            Code.DUPLICATE_FROM,
            "routes/twin.camel.yaml:4",
            "direct:group"),
        Arguments.of(
            FRONT.replace("id: front", "id: other").replace("{{gateway.port}}", "1"),
            Code.DUPLICATE_FROM,
            "routes/twin.camel.yaml:4",
            "the front door"),
        Arguments.of(
            BEAN.replace("user", "room"),
            Code.DUPLICATE_BEAN,
            "routes/twin.camel.yaml:2:13",
            "group"));
  }

  @ParameterizedTest
  @MethodSource("duplicates")
  void aDuplicateIsToldWithItsPlace(String twin, Code code, String place, String value)
      throws IOException {
    write("twin", twin);

    tells(code, place, value);
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

    tells(Code.DUPLICATE_CONDITION, "routes/front.camel.yaml:21", "query since");
  }

  @Test
  void linesThatMerelyOverlapAndFallbacksAreNoTwins() throws IOException {
    write("front", FRONT.replace("PUT ^/a$", "GET|PUT ^/a$\n                      ^/a"));
    write(
        "group",
        GROUP
            + GROUP
                .replace("group", "other")
                .replace(B, "              - to: direct:group\n")
                .replace("a.sock", "c.sock"));
    write("bean", BEAN + BEAN.replace("group", "other"));

    DryRun.start(Map.of("camel.main.routesIncludePattern", pattern())).close();
  }

  @Test
  void aSocketOfTwoGroupsIsTakenWithAWarning() throws IOException {
    write("other", GROUP.replace("group", "other") + BEAN.replace("group", "other"));

    try (DryRun dryRun = DryRun.start(Map.of("camel.main.routesIncludePattern", pattern()))) {
      assertThat(RouteRules.sharedWorkers(dryRun.context()))
          .extracting(
              Fault::code, shared -> shared.place().replace(directory + "/", ""), Fault::value)
          .containsExactly(
              tuple(Code.SHARED_WORKER, "routes/other.camel.yaml:10", "/nowhere/a.sock"),
              tuple(Code.SHARED_WORKER, "routes/other.camel.yaml:11", "/nowhere/b.sock"));
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

    try (DryRun dryRun = DryRun.start(Map.of("camel.main.routesIncludePattern", pattern()))) {
      assertThat(RouteRules.sharedWorkers(dryRun.context())).isEmpty();
      assertThat(RouteModel.workers(dryRun.context())).containsKey("/nowhere/all.sock");
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
            () -> DryRun.start(Map.of("camel.main.routesIncludePattern", pattern())).close());
    assertThat(error.faults()).hasSize(2);
    assertThat(error).hasMessageEndingWith(" (and 1 more: see the command check)");
  }

  // ---- files that cannot be read

  @Test
  void aDirectoryIsNoRouteFile() throws IOException {
    Files.createDirectory(routes.resolve("x.camel.yaml"));

    tells(Code.UNREADABLE_FILE, "routes/x.camel.yaml", "routes/x.camel.yaml");
    assertThat(fault().text()).contains("is a directory");
  }

  @Test
  void aLinkThatLeadsNowhereIsNoRouteFile() throws IOException {
    Files.createSymbolicLink(routes.resolve("x.camel.yaml"), Path.of("/nowhere/x"));

    tells(Code.UNREADABLE_FILE, "routes/x.camel.yaml", "routes/x.camel.yaml");
    assertThat(fault().text()).contains("link leads to nothing");
  }

  @Test
  void aFileThatMayNotBeReadIsTold() throws IOException {
    Path file = routes.resolve("group.camel.yaml");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(file), "root may read all");

    tells(Code.UNREADABLE_FILE, "routes/group.camel.yaml", "routes/group.camel.yaml");
    assertThat(fault().text()).contains("chmod +r");
  }

  @Test
  void aFileThatIsNoTextIsTold() throws IOException {
    Files.write(routes.resolve("x.camel.yaml"), new byte[] {'-', ' ', (byte) 0xff, '\n'});

    tells(Code.NOT_UTF8, "routes/x.camel.yaml:1", "");
  }

  @ParameterizedTest
  @CsvSource({
    "unix:/a.sock, did you mean worker:unix:?",
    "tcp:localhost:8083, did you mean worker:tcp:?"
  })
  void anAddressWithoutWorkerIsToldHowToWrite(String uri, String hint) throws IOException {
    write("group", GROUP.replace("worker:unix:/nowhere/a.sock", uri));

    assertThat(fault().code()).isEqualTo(Code.UNKNOWN_COMPONENT);
    assertThat(fault().text()).contains(hint);
  }

  @Test
  void aListOfWorkersThatAreAllCommentsIsTold() throws IOException {
    write("group", GROUP.replace("- to: worker", "# - to: worker"));

    tells(Code.BAD_ROUTE, "routes/group.camel.yaml:9", "");
    assertThat(fault().text()).startsWith("a list belongs here");
  }

  @Test
  void aDirectoryWithoutRouteFilesIsTold() throws IOException {
    routes = Files.createDirectory(directory.resolve("empty"));

    tells(Code.NO_ROUTE_FILES, "empty", "empty");
  }

  @Test
  void oneBrokenFileAmongTenKeepsAllFromStarting() throws IOException {
    for (int i = 0; i < 7; i++) {
      write("group" + i, (GROUP + BEAN).replace("group", "group" + i).replace("nowhere", "n" + i));
    }
    DryRun.start(Map.of("camel.main.routesIncludePattern", pattern())).close();
    write("broken", "- route:\n    id: x\n   from: y\n");

    tells(Code.BAD_YAML, "routes/broken.camel.yaml:3:4", "");
  }

  /** A bean that refuses a value without a message. */
  public static final class Silent {
    public void setValue(String value) {
      if (!value.isEmpty()) {
        throw new IllegalArgumentException();
      }
    }
  }
}
