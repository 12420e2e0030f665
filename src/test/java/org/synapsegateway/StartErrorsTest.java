package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
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
      assertThat(result.output())
          .contains(
              "cannot listen on 127.0.0.1:"
                  + port
                  + ": Address already in use; another server listens there: stop it, or choose"
                  + " another port (management.host, management.port)");
    }
  }

  @Test
  void aPortThatIsTakenIsTold() throws Exception {
    writeFront("worker:unix:/a.sock");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(told(Map.of("gateway.port", Integer.toString(taken.getLocalPort()))))
          .startsWith("cannot listen on 127.0.0.1:" + taken.getLocalPort())
          .contains("Address already in use");
    }
  }

  @Test
  void aWrongWorkerIsToldWithFileAndLine() throws Exception {
    writeFront("worker:unix:relative.sock");
    assertThat(told())
        .isEqualTo(
            "routes/front.camel.yaml:9: worker:unix:relative.sock has a relative path; write"
                + " worker:unix:/path.sock");
  }

  @Test
  void aPathThatIsTooLongForASocketIsToldWithItsLimit() throws Exception {
    writeFront("worker:unix:/" + "a".repeat(107));
    assertThat(told())
        .contains("routes/front.camel.yaml:9: ", "has a path of 108 bytes", "107 at most");
  }

  @Test
  void anUnknownOptionIsToldWithItsName() throws Exception {
    writeFront("worker:unix:/a.sock?kepalive=3");
    assertThat(told())
        .isEqualTo(
            "routes/front.camel.yaml:9: worker: has no option kepalive; did you mean keepalive?");
  }

  @Test
  void aFileThatIsNoYamlIsToldWithItsLine() throws Exception {
    BENCH.write(
        "routes/front.camel.yaml", TestRoutes.frontTo("worker:unix:/a.sock") + "  - x: [\n");
    assertThat(told()).startsWith("routes/front.camel.yaml:10:3: is no YAML: ");
  }

  @Test
  void aDirectoryWithoutRoutesIsTold() throws Exception {
    assertThat(told())
        .isEqualTo(
            "there is no routes here; run the gateway in the directory that has routes/ and"
                + " config/");
  }

  @Test
  void aDirectoryWithoutRouteFilesIsTold() throws Exception {
    Files.createDirectory(BENCH.directory().resolve("routes"));
    assertThat(told()).isEqualTo("routes holds no file *.camel.yaml, so nothing can be served");
  }

  @Test
  void aBadNetworkIsToldWithItsSetting() throws Exception {
    writeFront("worker:unix:/a.sock");
    assertThat(told(Map.of("gateway.trusted-proxies", "10.0.0.0/33")))
        .isEqualTo(
            "command line (-D): gateway.trusted-proxies: \"10.0.0.0/33\" has no prefix length from"
                + " 0 to 32; the gateway believes X-Forwarded-For of every address in these networks");
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
    assertThat(told()).startsWith("routes/front.camel.yaml:");
  }

  @Test
  void anUnknownSettingIsTold() throws Exception {
    assertThat(toldOfSettings("gateway.prot = 1\n"))
        .isEqualTo(
            "config/application.properties:1: unknown setting gateway.prot; did you mean"
                + " gateway.port?");
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
    assertThat(toldOfSettings("# settings\n\n" + line + "\n"))
        .isEqualTo("config/application.properties:3: " + told);
  }

  @Test
  void aMissingGroupIsToldBeforeThePortIsOpened() throws Exception {
    writeFront("direct:nowhere");
    assertThat(told())
        .isEqualTo(
            "routes/front.camel.yaml:9: route front sends to direct:nowhere, and no route is from"
                + " there");
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
        BENCH.directory().resolve(SETTINGS),
        "# caf\u00e9\nindirect = {{env:my-database}}\n",
        StandardCharsets.ISO_8859_1);
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
