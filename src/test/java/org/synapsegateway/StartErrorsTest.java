// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.synapsegateway.FaultLine.line;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.Workbench.Result;
import org.synapsegateway.fault.Code;
import org.synapsegateway.settings.RenamedKeys;

/** What a start that fails says of its working directory: one line with the place, and status 1. */
class StartErrorsTest {
  @RegisterExtension
  static final Workbench BENCH = new Workbench(Map.of("MY_DATABASE", "hunter2-of the database"));

  private static final String SETTINGS = "config/application.properties";
  private static final Map<String, String> ANY_PORT =
      Map.of("gateway.port", "0", "management.port", "0");

  private static void writeFront(String uri) throws IOException {
    BENCH.write("routes/front.camel.yaml", TestRoutes.frontTo(uri));
  }

  /** What the start says after "The gateway did not start: ". */
  private static String told(Map<String, String> properties) throws IOException {
    Result result = BENCH.run(properties);
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.output()).startsWith("The gateway did not start: ").endsWith("\n");
    String told = result.output().substring("The gateway did not start: ".length());
    assertThat(told).hasLineCount(1);
    return told.strip();
  }

  private static String told() throws IOException {
    return told(ANY_PORT);
  }

  private static String toldOfSettings(String properties) throws IOException {
    writeFront("worker:unix:/a.sock");
    BENCH.write(SETTINGS, properties);
    return told(Map.of());
  }

  @Test
  void aManagementPortThatIsTakenStopsTheStart() throws Exception {
    writeFront("worker:unix:/nowhere/w.sock");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      Result result = BENCH.run(Map.of("gateway.port", "0", "management.port", port));
      assertThat(result.status()).isEqualTo(1);
      assertThat(result.output().strip())
          .contains("management.port")
          .is(line(Code.CANNOT_LISTEN, "", "127.0.0.1:" + port));
    }
  }

  @Test
  void aPortThatIsTakenIsTold() throws Exception {
    writeFront("worker:unix:/a.sock");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(told(Map.of("gateway.port", Integer.toString(taken.getLocalPort()))))
          .contains("Address already in use")
          .is(line(Code.CANNOT_LISTEN, "", "127.0.0.1:" + taken.getLocalPort()));
    }
  }

  @Test
  void aWrongWorkerIsToldWithFileAndLine() throws Exception {
    writeFront("worker:unix:relative.sock");
    assertThat(told())
        .is(line(Code.BAD_URI, "routes/front.camel.yaml:9", "worker:unix:relative.sock"));
  }

  @Test
  void aPathThatIsTooLongForASocketIsToldWithItsLimit() throws Exception {
    writeFront("worker:unix:/" + "a".repeat(107));
    assertThat(told())
        .contains("108 bytes", "107")
        .is(line(Code.BAD_URI, "routes/front.camel.yaml:9", "worker:unix:/aaa"));
  }

  @Test
  void anUnknownOptionIsToldWithItsName() throws Exception {
    writeFront("worker:unix:/a.sock?kepalive=3");
    assertThat(told()).is(line(Code.UNKNOWN_OPTION, "routes/front.camel.yaml:9", "kepalive"));
  }

  @Test
  void aFileThatIsNoYamlIsToldWithItsLine() throws Exception {
    BENCH.write(
        "routes/front.camel.yaml", TestRoutes.frontTo("worker:unix:/a.sock") + "  - x: [\n");
    assertThat(told()).is(line(Code.BAD_YAML, "routes/front.camel.yaml:10:3", ""));
  }

  @Test
  void aDirectoryWithoutRoutesIsTold() throws Exception {
    assertThat(told()).is(line(Code.NO_ROUTE_FILES, "routes", ""));
  }

  @Test
  void aDirectoryWithoutRouteFilesIsTold() throws Exception {
    Files.createDirectory(BENCH.directory().resolve("routes"));
    assertThat(told()).is(line(Code.NO_ROUTE_FILES, "routes", "*.camel.yaml"));
  }

  @Test
  void aBadNetworkIsToldWithItsSetting() throws Exception {
    writeFront("worker:unix:/a.sock");
    assertThat(told(Map.of("gateway.trusted-proxies", "10.0.0.0/33")))
        .contains("10.0.0.0/33")
        .is(line(Code.BAD_SETTING, "command line (-D)", "gateway.trusted-proxies"));
  }

  @Test
  void aBadPatternIsToldOnce() throws Exception {
    BENCH.write(
        "routes/front.camel.yaml",
        TestRoutes.front(
            """
            - filter:
                expression:
                  language:
                    language: request
                    expression: GET ^/a(
                steps:
                  - to: worker:unix:/a.sock
            """));
    assertThat(told()).is(line(Code.BAD_EXPRESSION, "routes/front.camel.yaml:13", "GET ^/a("));
  }

  @Test
  void anUnknownSettingIsTold() throws Exception {
    assertThat(toldOfSettings("gateway.prot = 1\n"))
        .contains("gateway.port?")
        .is(line(Code.UNKNOWN_SETTING, "config/application.properties:1", "gateway.prot"));
  }

  /** A line of config/application.properties, the code of its fault, and what the text has. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          gateway.worker.reply-timeout = -1     | BAD_SETTING         | gateway.worker.reply-timeout = "-1"
          gateway.port = 70000                  | BAD_SETTING         | gateway.port = "70000"
          gateway.port = {{my.prot}}            | UNKNOWN_PLACEHOLDER | {{my.prot}}
          gateway.host = 999.1.1.1              | BAD_SETTING         | gateway.host = "999.1.1.1"
          gateway.private-clients = 10.0.0.0/33 | BAD_SETTING         | gateway.private-clients: "10.0.0.0/33"
          gateway.workers.directory = run       | BAD_SETTING         | gateway.workers.directory = "run"
          gateway.request-id-field = a b        | BAD_SETTING         | gateway.request-id-field
          gateway.pasword = hunter2             | UNKNOWN_SETTING     | gateway.pasword
          gatway.port = 1                       | UNKNOWN_SETTING     | did you mean gateway.port?
          camel.main.routesReloadEnabled = true | RENAMED_SETTING     | gateway.reload
          camel.main.routesReloadDirectroy = hunter2 | UNKNOWN_SETTING | did you mean camel.main.routesReloadDirectory?
          camel.maim.name = x                   | UNKNOWN_SETTING     | did you mean camel.main?
          camel.component.wroker.x = 1          | UNKNOWN_SETTING     | did you mean worker?
          camel.main.shutdownTimeout = soon     | BAD_SETTING         | camel.main.shutdownTimeout
          gateway.fields-max = \\uZZ            | BAD_ESCAPE          | \\u
          """)
  void aBadLineOfTheSettingsIsToldWithItsPlace(String line, Code code, String told)
      throws Exception {
    assertThat(toldOfSettings("# settings\n\n" + line + "\n"))
        .doesNotContain("hunter2")
        .is(line(code, "config/application.properties:3", told));
  }

  @Test
  void aMissingGroupIsToldBeforeThePortIsOpened() throws Exception {
    writeFront("direct:nowhere");
    assertThat(told()).is(line(Code.UNKNOWN_GROUP, "routes/front.camel.yaml:9", "direct:nowhere"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("org.synapsegateway.HostileFilesTest#hostile")
  void whatIsNoRouteFileEndsTheStartWithOneSentence(
      String what, HostileFilesTest.Put put, String told) throws Exception {
    writeFront("worker:unix:/nowhere/a.sock");
    put.at(BENCH.directory().resolve("routes/bad.camel.yaml"));
    Result result = BENCH.run(ANY_PORT);
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.output().lines().filter(line -> !line.contains(" WARN ")))
        .singleElement()
        .asString()
        .startsWith("The gateway did not start: ")
        .contains(told);
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
    writeFront("\"worker:unix:" + placeholder + "\"");
    BENCH.write(SETTINGS, "");
    Files.writeString(
        BENCH.directory().resolve(SETTINGS), "# caf\u00e9\nindirect = {{env:my-database}}\n");
    assertThat(told()).contains("routes/front.camel.yaml:").doesNotContain("hunter2");
  }

  @Test
  void aSecretOfTheSettingsIsNotToldInAnErrorOfTheRoutes() throws Exception {
    writeFront("worker:unix:{{my.password}}");
    BENCH.write(SETTINGS, "my.password = hunter2\n");
    assertThat(told()).contains("routes/front.camel.yaml:").doesNotContain("hunter2");
  }

  @Test
  void settingsThatHadAnotherNameAreToldTheNewOne() throws Exception {
    writeFront("worker:unix:/nowhere/a.sock");
    BENCH.write(
        SETTINGS,
        RenamedKeys.all().stream().map(key -> key + "=1\n").collect(Collectors.joining()));
    Result check = BENCH.run(ANY_PORT, "check");
    assertThat(check.status()).isEqualTo(1);
    for (String key : RenamedKeys.all()) {
      assertThat(check.output()).contains(RenamedKeys.hint(key).orElseThrow());
    }
    assertThat(told()).containsOnlyOnce("is now called");
  }

  /** A step in line 9 of the front route, the code of its fault, where it is, and what helps. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          aggregate: {}                                             | BAD_ROUTE           | 9     | "correlationExpression" is missing; add it
          bean: {}                                                  | BAD_ROUTE           | 9     | bean, ref or beanType is missing; add it
          choice: text                                              | BAD_NODE            | 9:19  | a text is where a mapping belongs
          choice: { otherwise: text }                               | BAD_NODE            | 9:32  | a text is where a mapping belongs
          choice: [ a ]                                             | BAD_ROUTE           | 9     | a mapping belongs here, not a list
          claimCheck: { operation: x }                              | BAD_ROUTE           | 9     | "x" is unknown here; write one of Get, GetAndRemove, Set, Push, Pop
          convertBodyTo: { type: no.such.Type }                     | BAD_ROUTE           | 9     | names no class
          delay: { constant: 1, asyncDelayed: x }                   | BAD_ROUTE           | 9:47 | "x": write true or false
          doFinally: { steps: [ { stop: {} } ] }                    | BAD_ROUTE           | 9     | "doFinally" cannot be here; it belongs to a "doTry"
          doTry: { doCatch: [ { steps: [ { stop: {} } ] } ] }       | BAD_ROUTE           | 9     | "exception" is missing; add for example
          filter: { steps: [ { stop: {} } ] }                       | BAD_ROUTE           | 9     | an expression is missing; add for example
          kamelet: { name: lost }                                   | UNKNOWN_COMPONENT   | 9:28  | there is no kamelet lost; put kamelets/lost.kamelet.yaml into a jar of ext/
          loadBalance: { weightedLoadBalancer: {}, steps: [ { to: "log:a" } ] } | BAD_ROUTE | 9   | "distributionRatio" is missing; add it
          log: { message: a, loggingLevel: LOUD }                   | BAD_ROUTE           | 9     | write one of TRACE, DEBUG, INFO, WARN, ERROR, OFF
          log: { message: { a: b } }                                | BAD_ROUTE           | 9     | a text belongs here, not a mapping
          marshal: { custom: { ref: lost } }                        | UNKNOWN_BEAN        | 9:37  | there is no bean named lost
          multicast: { aggregationStrategy: "#lost", steps: [ { to: "log:a" } ] } | UNKNOWN_BEAN | 9:45 | there is no bean named lost
          otherwise: { steps: [ { stop: {} } ] }                    | BAD_ROUTE           | 9:11  | "otherwise" is no step of its own
          pausable: {}                                              | BAD_ROUTE           | 9     | an option that names a bean is missing
          setBody: { simple: a, constant: b }                       | BAD_ROUTE           | 9     | there are two expressions here; keep one of them
          setHeader: { constant: a }                                | BAD_ROUTE           | 9     | "name" is missing; add it
          split: { tokenize: {}, steps: [ { stop: {} } ] }          | BAD_ROUTE           | 9     | an option that this step needs is missing
          threads: { executorService: lost }                        | UNKNOWN_BEAN        | 9:39  | there is no bean named lost
          threads: { poolSize: many }                               | BAD_ROUTE           | 9     | "many" is not a number
          throwException: { exceptionType: no.such.E, message: a }  | UNKNOWN_CLASS       | 9:44  | there is no class no.such.E
          to: { parameters: { a: b } }                              | BAD_ROUTE           | 9     | "uri" is missing; add it
          tokenizer: {}                                             | BAD_ROUTE           | 9     | an option that this step needs is missing
          """)
  void aStepThatCannotBeMadeIsToldWithItsPlace(String step, Code code, String at, String told)
      throws Exception {
    BENCH.write("routes/front.camel.yaml", TestRoutes.front("- " + step + "\n- stop: {}"));
    assertThat(told()).contains(told).is(line(code, "routes/front.camel.yaml:" + at, ""));
  }

  /** What is above a route of the same file, in line 2, and what it is told. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          beans: [ { type: java.lang.Object } ]                            | BAD_ROUTE     | 2:12 | "name" is missing; add it
          errorHandler: { deadLetterChannel: {} }                          | BAD_ROUTE     | 4    | "deadLetterUri" is missing; add it
          errorHandler: { defaultErrorHandler: { redeliveryPolicyRef: lost } } | UNKNOWN_BEAN | 2:63 | there is no bean named lost
          errorHandler: { jtaTransactionErrorHandler: {} }                 | MISSING_CLASS | 2:19 | needs org.apache.camel:camel-jta:4.18.0; put that jar
          errorHandler: { springTransactionErrorHandler: {} }              | MISSING_CLASS | 2:19 | needs org.apache.camel:camel-spring:4.18.0; put that jar
          errorHandler: { refErrorHandler: {} }                            | BAD_ROUTE     | 2:19 | is missing
          errorHandler: {}                                                 | BAD_ROUTE     | 2    | an error handler is missing
          from: { steps: [ { stop: {} } ] }                                | BAD_ROUTE     | 2:9  | "uri" is missing; add it
          onException: { steps: [ { stop: {} } ] }                         | BAD_ROUTE     | 4    | "exception" is missing; add for example
          onException: { exception: [ java.io.IOException ] }              | BAD_ROUTE     | 4    | there are no steps here
          onCompletion: {}                                                 | BAD_ROUTE     | 2    | there are no steps here
          intercept: {}                                                    | BAD_ROUTE     | 4    | there are no steps here
          rest: text                                                       | BAD_NODE      | 2:9  | a text is where a mapping belongs
          rest: { path: /a, get: [ {} ] }                                  | BAD_ROUTE     | 2:3  | has no "to"
          restConfiguration: { port: many }                                | BAD_ROUTE     | 2:30 | "many" is not a number
          templatedRoute: { routeTemplateRef: lost }                       | BAD_ROUTE     | 2:3  | there is no routeTemplate lost
          text                                                             | BAD_ROUTE     | 2    | a mapping of one key belongs here
          """)
  void aPartOfAFileThatCannotBeMadeIsToldWithItsPlace(
      String part, Code code, String at, String told) throws Exception {
    BENCH.write(
        "routes/front.camel.yaml",
        "# own\n- " + part + "\n" + TestRoutes.front("- setBody: { constant: a }"));
    assertThat(told()).contains(told).is(line(code, "routes/front.camel.yaml:" + at, ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "intercept: { steps: [ { log: a } ] }",
        "interceptFrom: { steps: [ { log: a } ] }",
        "interceptSendToEndpoint: { uri: direct:a, steps: [ { log: a } ] }",
        "onCompletion: { steps: [ { log: a } ] }",
        "onException: { exception: [ java.io.IOException ], steps: [ { log: a } ] }"
      })
  void whatComesTooLateInAFileIsToldWithItsPlace(String part) throws Exception {
    BENCH.write("routes/front.camel.yaml", TestRoutes.front("- stop: {}") + "\n- " + part + "\n");
    assertThat(told())
        .contains("must be above the routes of this file; move it there")
        .is(line(Code.BAD_ROUTE, "routes/front.camel.yaml:11:3", ""));
  }
}
