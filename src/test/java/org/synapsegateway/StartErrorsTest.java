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
}
