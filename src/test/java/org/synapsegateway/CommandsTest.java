// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.synapsegateway.FaultLine.line;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.Workbench.Result;
import org.synapsegateway.fault.Code;
import org.synapsegateway.management.Json;
import org.synapsegateway.wire.ScriptedWorker;

/** What the commands print of the files of a working directory, and how they end. */
class CommandsTest {
  @RegisterExtension static final Workbench BENCH = new Workbench(Map.of());

  private static final String TWO_GROUPS =
      TestRoutes.front(
          """
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
          """);

  private static final String RING =
      """
      - beans:
          - name: pair
            type: org.synapsegateway.loadbalance.ConsistentHash
      """
          + TestRoutes.front(
              """
              - loadBalance:
                  customLoadBalancer: { ref: pair }
                  steps:
                    - to: worker:unix:/nowhere/a.sock
                    - to: worker:unix:/nowhere/b.sock?weight=2
              """);

  @TempDir Path directory;

  private static void writeFront(String yaml) throws IOException {
    BENCH.write("routes/front.camel.yaml", yaml);
  }

  private static void writeSettings(String text) throws IOException {
    BENCH.write("config/application.properties", text);
  }

  private static String output(int status, String... command) throws IOException {
    return output(status, Map.of(), command);
  }

  private static String output(int status, Map<String, String> properties, String... command)
      throws IOException {
    Result result = BENCH.run(properties, command);
    assertThat(result.status()).as(result.output()).isEqualTo(status);
    return result.output();
  }

  /** The errors of a check, each as code, place and value. */
  private static List<Tuple> faults(Map<String, String> properties, String command)
      throws IOException {
    Map<?, ?> report = Json.read(output(1, properties, command, "--json"), Map.class);
    return ((List<?>) report.get("errors"))
        .stream()
            .map(error -> (Map<?, ?>) error)
            .map(error -> tuple(error.get("code"), error.get("place"), error.get("value")))
            .toList();
  }

  private static List<Tuple> faults(String command) throws IOException {
    return faults(Map.of(), command);
  }

  // ---- the command line

  @Test
  void anUnknownCommandIsToldHow() throws Exception {
    assertThat(output(2, "dmeo"))
        .startsWith("Unmatched argument at index 0: 'dmeo'")
        .contains("demo");
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo --once", "demo --once --tls"})
  void theDemoAsksItselfOnce(String command) throws Exception {
    assertThat(CommandOutput.of(command.split(" ", -1)))
        .contains(
            "/_matrix/client/versions\n  {\"worker\":\"main\"",
            "\"group\":\"normal_sync\",\"key\":\"YWxpY2U\"",
            "\"group\":\"initial_sync\",\"key\":\"YWxpY2U\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          explain --from-log nowhere.log                    | UNREADABLE_FILE | nowhere.log | no such file
          explain --from-log routes                         | UNREADABLE_FILE | routes | it is a directory
          explain --from-log routes/front.camel.yaml        | BAD_ARGUMENT | routes/front.camel.yaml | access log
          check --workers-doc nowhere.md                    | UNREADABLE_FILE | nowhere.md | no such file
          """)
  void aFileThatIsNoGoodIsToldWithItsPlace(String command, Code code, String place, String value)
      throws Exception {
    writeFront(RING);
    assertThat(output(1, command.split(" ")).lines()).areAtLeastOne(line(code, place, value));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          explain GET                                       | MISSING_ARGUMENT | METHOD and TARGET
          explain GET /a;b --client x                       | BAD_ARGUMENT     | --client
          explain get /a                                    | BAD_ARGUMENT     | did you mean GET?
          explain GET /a -H Authorization                   | BAD_ARGUMENT     | -H
          ring frnt                                         | BAD_ARGUMENT     | frnt; did you mean front?
          ring --add a.sock                                 | MISSING_ARGUMENT | GROUP
          ring front --add a.sock?weight=x                  | BAD_ARGUMENT     | "a.sock?weight=x"
          ring front --remove c.sock                        | BAD_ARGUMENT     | unix:/run/matrix-synapse/c.sock
          ring front --add /nowhere/b.sock                  | BAD_ARGUMENT     | unix:/nowhere/b.sock
          ring front --remove /nowhere/a.sock --remove /nowhere/b.sock | BAD_ARGUMENT | Group front
          chekc                                             | UNKNOWN_ARGUMENT | 'chekc'; did you mean check?
          ring --ad x                                       | UNKNOWN_ARGUMENT | '--ad'; did you mean --add?
          check --port 8080                                 | UNKNOWN_ARGUMENT | before -jar: java -Dgateway.port=8008
          check --management.port=1                         | UNKNOWN_ARGUMENT | java -Dmanagement.port=9464 -jar
          check -Dgateway.port=8080                         | UNKNOWN_ARGUMENT | java -Dgateway.port=8008 -jar
          """)
  void anArgumentThatIsNoGoodIsToldInALine(String command, Code code, String value)
      throws Exception {
    writeFront(RING);
    List<String> lines = output(2, command.split(" ")).lines().toList();
    assertThat(lines.get(0)).is(line(code, "", value));
    assertThat(lines.get(1)).startsWith("Try: synapse-gateway").endsWith(" --help");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          1 | explain --json --from-log nowhere.log         | UNREADABLE_FILE  | nowhere.log
          1 | explain --json --from-log routes/front.camel.yaml | BAD_ARGUMENT | routes/front.camel.yaml
          2 | explain --json GET /a%zz#                     | BAD_ARGUMENT     | ``
          2 | explain --json GET                            | MISSING_ARGUMENT | ``
          2 | ring --json frnt                              | BAD_ARGUMENT     | ``
          2 | ring --ad --json                              | UNKNOWN_ARGUMENT | ``
          1 | import --json --compare nowhere.conf          | UNREADABLE_FILE  | nowhere.conf
          1 | import --json nowhere.yaml                    | UNREADABLE_FILE  | nowhere.yaml
          1 | worker list --json                            | NO_GATEWAY       | ``
          1 | worker drain w --json                         | NO_GATEWAY       | ``
          1 | reload --json                                 | NO_GATEWAY       | ``
          1 | reload --json --token-file nowhere            | TOKEN_FILE       | ``
          3 | upgrade --json                                | NO_GATEWAY       | ``
          """)
  void errorsAreJsonForWhoAsksForJson(int status, String command, Code code, String place)
      throws Exception {
    writeFront(RING);
    String told = output(status, Map.of("management.port", "1"), command.split(" "));
    Map<?, ?> error = (Map<?, ?>) ((List<?>) Json.read(told, Map.class).get("errors")).get(0);
    assertThat(error.keySet()).hasToString("[code, place, value, text]");
    assertThat(error.get("code")).isEqualTo(code.toString());
    assertThat(error.get("place")).isEqualTo(place);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "run ", "demo ", "check ", "reload ", "explain ", "ring ", "completion "})
  void eachCommandHasAHelp(String command) throws Exception {
    assertThat(output(0, (command + "--help").split(" ")))
        .startsWith("Usage: synapse-gateway " + command);
  }

  @Test
  void helpIsACommandToo() throws Exception {
    assertThat(output(0, Map.of("launcher.name", "./gateway"), "help", "explain"))
        .startsWith("Usage: ./gateway explain METHOD TARGET");
  }

  @Test
  void aSettingAmongTheArgumentsOfTheLauncherIsToldHowToGive() throws Exception {
    assertThat(output(2, Map.of("launcher.name", "./gateway"), "check", "--port", "8080"))
        .contains("'--port', '8080'; a setting is given by --set gateway.port=8008");
  }

  @Test
  void completionIsABashScript() throws Exception {
    BENCH.write("completion.bash", output(0, "completion"));
    Process bash =
        new ProcessBuilder(
                "bash",
                "-c",
                "source completion.bash; COMP_WORDS=(synapse-gateway ring --a); COMP_CWORD=2;"
                    + " _complete_synapse-gateway 2>/dev/null; echo ${COMPREPLY[@]}")
            .directory(BENCH.directory().toFile())
            .start();
    assertThat(bash.getInputStream().readAllBytes())
        .isEqualTo("--add\n".getBytes(StandardCharsets.US_ASCII));
    assertThat(bash.waitFor()).isZero();
  }

  // ---- explain and ring

  @Test
  void ringTellsTheSharesAndWhatMoves() throws Exception {
    writeFront(RING);
    assertThat(output(0, "ring"))
        .isEqualTo(
            """
            group  by    share   weight  worker
            front  user  34.7 %  1       unix:/nowhere/a.sock
            front  user  65.3 %  2       unix:/nowhere/b.sock
            """);
    assertThat(
            output(
                0,
                Map.of("gateway.workers.directory", "/nowhere"),
                "ring front --add worker:unix:/c.sock?weight=3 --remove a.sock".split(" ")))
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
  void aFileOfTheAdminsOwnReplacesOneOfTheSameName() throws Exception {
    writeFront(TestRoutes.frontTo("worker:unix:/nowhere/shipped.sock"));
    assertThat(output(0, "explain", "GET", "/")).contains("unix:/nowhere/shipped.sock");

    BENCH.write(
        "config/routes/more.camel.yaml",
        "- route: { id: mine, from: { uri: direct:mine, steps: [ { to: worker:unix:/nowhere/m.sock } ] } }\n");
    BENCH.write("config/routes/front.camel.yaml", TestRoutes.frontTo("direct:mine"));
    assertThat(output(0, "explain", "GET", "/"))
        .contains("unix:/nowhere/m.sock")
        .doesNotContain("shipped");

    BENCH.write("config/routes/front.camel.yaml", TestRoutes.frontTo("direct:nobody"));
    assertThat(output(1, "check", "--files")).contains("error: config/routes/front.camel.yaml:9: ");
  }

  @Test
  void explainTellsTheLineAndTheWorker() throws Exception {
    writeFront(TWO_GROUPS);
    assertThat(output(0, "explain", "PUT", "/c?x=y", "-H", "A: b"))
        .isEqualTo(
            """
            PUT /c from 127.0.0.1

            front  routes/front.camel.yaml:23  PUT ^/c$  -> worker:unix:/nowhere/a.sock

            group          front
            worker         unix:/nowhere/a.sock
            if it is down  502 M_UNKNOWN: The worker cannot be reached
            if it dies     502 M_UNKNOWN: The worker closed the connection before it replied; no other worker of its group is there
            """);
  }

  @Test
  void explainTellsProgramsInJson() throws Exception {
    writeFront(TWO_GROUPS);
    assertThat(output(0, "explain", "--json", "PUT", "/c"))
        .startsWith("{\n  \"request\" : \"PUT /c\",\n")
        .contains("\"place\" : \"routes/front.camel.yaml:23\"")
        .endsWith("}\n");
  }

  @Test
  void explainCountsTheRequestsOfALog() throws Exception {
    writeFront(TWO_GROUPS);
    BENCH.write(
        "access.log",
        """
        203.0.113.7 - - [24/Nov/2026:10:54:48 +0000] "GET /a HTTP/1.1" 200 2 "-" "-"
        203.0.113.7 - - [24/Nov/2026:10:54:48 +0000] "PUT /c HTTP/2.0" 200 2 "-" "-"
        203.0.113.7 - - [24/Nov/2026:10:54:48 +0000] "GET /e HTTP/1.1" 404 2 "-" "-"
        203.0.113.7 - - [24/Nov/2026:10:54:49 +0000] "-" 408 0 "-" "-"
        """);
    assertThat(output(0, "explain", "--from-log", "access.log"))
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

  @Test
  void explainRefusesWhatTheFrontDoorWould() throws Exception {
    writeFront(TWO_GROUPS);
    assertThat(output(2, "explain", "GET", "relative").strip())
        .is(line(Code.BAD_ARGUMENT, "", "400"))
        .hasLineCount(1);
  }

  // ---- check

  @Test
  void checkWarnsOfWhatMayBeMeant() throws Exception {
    writeFront(TWO_GROUPS);
    String output = output(1, Map.of("gateway.whoami.workers", ""), "check").replaceAll(" +", " ");
    assertThat(output)
        .contains(
            " ok empty, by default inbound_main.sock\n",
            " warning 4 request lines\n",
            "route front routes/front.camel.yaml:4 ok 2 workers\n",
            "socket /nowhere/a.sock routes/front.camel.yaml:18 missing does not exist\n")
        .endsWith("\nerrors: 1, warnings: 3\n");
    assertThat(output.lines())
        .areExactly(1, line(Code.WORKER_UNREACHABLE, "routes/front.camel.yaml:18", "a.sock"))
        .areExactly(1, line(Code.SHARED_WORKER, "routes/front.camel.yaml:26", "/nowhere/a.sock"))
        .areExactly(1, line(Code.UNREACHABLE_LINE, "routes/front.camel.yaml:24", "GET ^/b/c$"))
        .areExactly(1, line(Code.GROUP_UNREACHABLE, "routes/front.camel.yaml:4", "front"));
  }

  @Test
  void checkOfFilesLooksAtNoSocket() throws Exception {
    writeFront(TWO_GROUPS);
    assertThat(output(0, "check", "--files"))
        .doesNotContain("socket")
        .endsWith("\nerrors: 0, warnings: 1\n");
  }

  @Test
  void checkIsStrictIfAsked() throws Exception {
    Path socket = directory.resolve("a.sock");
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(""))) {
      writeFront(TWO_GROUPS.replace("/nowhere/a.sock", socket.toString()));
      assertThat(output(3, "check", "--strict").lines())
          .areExactly(
              1, line(Code.WORKER_UNREACHABLE, "gateway.whoami.workers", "inbound_main.sock"));
      assertThat(worker.requests()).isNotEmpty();
    }
  }

  @Test
  void checkTellsSettingsLimitsAndHealth() throws Exception {
    Path socket = directory.resolve("w.sock");
    writeFront(TestRoutes.frontTo("worker:unix:" + socket));
    writeSettings(
        "gateway.port=8008\ngateway.fields-max=32KiB\ngateway.connections-max=1000000\n"
            + "gateway.whoami.workers=\n");
    String output;
    try (ScriptedWorker worker =
        ScriptedWorker.at(
            socket, ScriptedWorker.replying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))) {
      output = output(3, "check", "--strict");
      assertThat(worker.awaitRequest(0).target()).isEqualTo("/health");
    }
    assertThat(output)
        .containsPattern(
            "settings +config/application.properties +ok +3 of \\d+ are not the defaults\n")
        .containsPattern(
            "  gateway.fields-max +config/application.properties:2 +ok +32KiB, by default 64KiB\n")
        .containsPattern(
            "limits +this shell +warning +\\d+ descriptors and a heap of "
                + Workbench.HEAP
                + " MiB allow \\d+")
        .containsPattern(
            "socket \\S+w.sock +routes/front.camel.yaml:9 +healthy +\\S+, java, process")
        .endsWith("\nerrors: 0, warnings: 1\n");
    assertThat(output.lines())
        .areExactly(
            1, line(Code.HIGH_LIMIT, "config/application.properties:3", "gateway.connections-max"));
  }

  @Test
  void checkTellsAnErrorWithItsPlace() throws Exception {
    writeFront(TestRoutes.frontTo("worker:unix:relative.sock"));
    assertThat(faults("check"))
        .containsExactly(
            tuple("bad-uri", "routes/front.camel.yaml:9", "worker:unix:relative.sock"));
  }

  @Test
  void checkTellsAllThatIsWrongWithTheSettings() throws Exception {
    writeFront(TestRoutes.frontTo("worker:unix:/a.sock"));
    writeSettings("gateway.prot = 1\n\ngateway.fields-max = 64\n");
    assertThat(faults("check"))
        .containsExactly(
            tuple("unknown-setting", "config/application.properties:1", "gateway.prot"),
            tuple("bad-setting", "config/application.properties:3", "gateway.fields-max"));
    assertThat(output(1, "check"))
        .startsWith("\nerror: ")
        .contains(" [unknown-setting]\nerror: ")
        .endsWith(" [bad-setting]\n\nerrors: 2, warnings: 0\n");
  }

  @Test
  void aKeyThatStandsTwiceIsToldWithBothLines() throws Exception {
    writeFront(TestRoutes.frontTo("worker:unix:/a.sock"));
    writeSettings("gateway.port=0\n# again\ngateway.port: \\\n  0\nmy.own = 1\nmy.own = 1\n");
    assertThat(faults("check"))
        .containsExactly(
            tuple("duplicate-setting", "config/application.properties:3", "gateway.port"),
            tuple("duplicate-setting", "config/application.properties:6", "my.own"));
  }

  /** Java continues a line whose last backslash is not escaped, and no comment. */
  @Test
  void aLineGoesOnAsJavaReadsIt() throws Exception {
    writeFront(TestRoutes.frontTo("worker:unix:/a.sock"));
    writeSettings(
        "# one \\\ngateway.port=0\nmy.path=a\\\\\ngateway.port=0\ngateway.fields-max=64\\");
    assertThat(faults("check"))
        .containsExactly(
            tuple("duplicate-setting", "config/application.properties:4", "gateway.port"),
            tuple("bad-setting", "config/application.properties:5", "gateway.fields-max"));
    assertThat(output(1, "check")).contains("in line 2 too");
  }

  /** Its output gets into tickets and the logs of others. */
  @Test
  void checkShowsNoSecretAndReadsTheAddressesOfResolvers() throws Exception {
    writeFront(TestRoutes.frontTo("worker:unix:/a.sock"));
    writeSettings("gateway.access-log.secret=hunter2hunter2\ngateway.resolvers=foo\n");
    assertThat(faults("check"))
        .containsExactly(
            tuple("bad-setting", "config/application.properties:2", "gateway.resolvers"));
    writeSettings("gateway.access-log.secret=hunter2hunter2\n");
    assertThat(output(0, "check", "--files"))
        .contains("(hidden), by default")
        .doesNotContain("hunter2");
  }

  /** Java reads settings as ISO 8859-1, in which nobody writes. */
  @Test
  void settingsAreReadAsUtf8() throws Exception {
    writeFront(TestRoutes.frontTo("worker:unix:{{gateway.workers.directory}}/a.sock"));
    writeSettings("gateway.workers.directory = /nowhere/b\u00fccher\n");
    assertThat(output(0, "explain", "GET", "/")).contains("unix:/nowhere/b\u00fccher/a.sock");
  }

  @Test
  void settingsInAnotherEncodingAreToldWithTheLine() throws Exception {
    writeFront(TestRoutes.frontTo("worker:unix:/a.sock"));
    Path file = BENCH.directory().resolve("config/application.properties");
    writeSettings("gateway.port=0\n# gr\u00fcn\n");
    Files.writeString(file, Files.readString(file), StandardCharsets.ISO_8859_1);
    assertThat(faults("check"))
        .containsExactly(tuple("not-utf8", "config/application.properties:2", ""));
    Files.writeString(file, "gateway.port=0\n", StandardCharsets.UTF_16);
    assertThat(faults("check"))
        .containsExactly(tuple("not-utf8", "config/application.properties:1", ""));
    writeSettings("\ufeffgateway.port=0\n");
    assertThat(faults("check"))
        .containsExactly(tuple("not-utf8", "config/application.properties:1", ""));
  }

  @Test
  void aDirectoryThatEndsWithASlashIsWarnedOf() throws Exception {
    writeFront(TestRoutes.frontTo("worker:unix:/a.sock"));
    assertThat(BENCH.run(Map.of("gateway.workers.directory", "/run/a/"), "check").output().lines())
        .areExactly(
            1, line(Code.RING_NAMES, "command line (-D)", "gateway.workers.directory = /run/a/"));
  }

  @Test
  void aPathWithAnotherNameInTheRingIsWarnedOf() throws Exception {
    writeFront(TestRoutes.frontTo("worker:unix:/run//a.sock"));
    assertThat(BENCH.run(Map.of(), "check").output().lines())
        .areExactly(
            1,
            line(
                Code.RING_NAMES,
                "routes/front.camel.yaml:9",
                "/run//a.sock is another name in the ring than /run/a.sock"));
    Map<String, String> twice = Map.of("gateway.workers.directory", "/run//a");
    writeFront(TestRoutes.frontTo("worker:unix:{{gateway.workers.directory}}/a.sock"));
    assertThat(BENCH.run(twice, "check").output().lines())
        .areExactly(
            1, line(Code.RING_NAMES, "command line (-D)", "gateway.workers.directory = /run//a"));
  }

  @Test
  void aGroupWhoseFileIsNotLoadedIsToldSo() throws Exception {
    writeFront(TestRoutes.frontTo("direct:typing"));
    BENCH.write("routes/typing.camel.yml", "");
    assertThat(output(1, "check").lines())
        .areAtLeastOne(
            line(
                Code.UNKNOWN_GROUP,
                "routes/front.camel.yaml:9",
                "routes/typing.camel.yml: the file is not loaded; name it *.camel.yaml"));
  }

  @Test
  void aSettingOfTheCommandLineIsToldAsSuch() throws Exception {
    writeFront(TestRoutes.frontTo("worker:unix:/a.sock"));
    Map<String, String> given = Map.of("gateway.worker.keepaliv", "1", "gateway.port", "-1");
    assertThat(faults(given, "check"))
        .containsExactly(
            tuple("unknown-setting", "command line (-D)", "gateway.worker.keepaliv"),
            tuple("bad-setting", "command line (-D)", "gateway.port"));
  }
}
