package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.Workbench.Result;
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

  // ---- the command line

  @Test
  void anUnknownCommandIsToldHow() throws Exception {
    assertThat(output(2, "dmeo"))
        .startsWith("Unmatched argument at index 0: 'dmeo'")
        .contains("demo");
  }

  @Test
  void theDemoAsksItselfOnce() throws Exception {
    assertThat(CommandOutput.of("demo", "--once"))
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
    writeFront(RING);
    assertThat(output(status, command.split(" ")).replace("\nTry: ", ";try: "))
        .contains(told + "\n");
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
    assertThat(output(2, "explain", "GET", "relative"))
        .isEqualTo(
            "The gateway would refuse this with 400: a target must begin with \"/\" or with http://"
                + " or https://\n");
  }

  // ---- check

  @Test
  void checkWarnsOfWhatMayBeMeant() throws Exception {
    writeFront(TWO_GROUPS);
    assertThat(output(1, Map.of("gateway.whoami.workers", ""), "check").replaceAll(" +", " "))
        .contains(
            " ok empty, by default inbound_main.sock\n",
            " warning 4 request lines\n",
            "route front routes/front.camel.yaml:4 ok 2 workers\n",
            "socket /nowhere/a.sock routes/front.camel.yaml:18 missing does not exist\n",
            "warning: routes/front.camel.yaml:18: the worker at /nowhere/a.sock cannot be reached: does not"
                + " exist\n",
            "warning: routes/front.camel.yaml:26: /nowhere/a.sock is a worker of"
                + " routes/front.camel.yaml:18 too, so that one group's load is the other's\n",
            "warning: routes/front.camel.yaml:24: GET ^/b/c$ is unreachable: its requests are already"
                + " matched at routes/front.camel.yaml:16\n")
        .contains(
            "\nerror: routes/front.camel.yaml:4: group front cannot serve: none of its workers can be"
                + " reached, nor any of a fallback\n")
        .endsWith("\nerrors: 1, warnings: 3\n");
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
      assertThat(output(3, "check", "--strict"))
          .contains(
              "warning: gateway.whoami.workers: the worker at"
                  + " /run/matrix-synapse/inbound_main.sock cannot be reached: does not exist\n");
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
        .containsPattern(
            "warning: config/application.properties:3: gateway.connections-max = 1000000, but"
                + " descriptors and memory allow \\d+ here; raise them")
        .endsWith("\nerrors: 0, warnings: 1\n");
  }

  @Test
  void checkTellsAnErrorWithItsPlace() throws Exception {
    writeFront(TestRoutes.frontTo("worker:unix:relative.sock"));
    assertThat(output(1, "check"))
        .isEqualTo(
            "\nerror: routes/front.camel.yaml:9: worker:unix:relative.sock has a relative path;"
                + " write worker:unix:/path.sock\n\nerrors: 1, warnings: 0\n");
  }

  @Test
  void checkTellsAllThatIsWrongWithTheSettings() throws Exception {
    writeFront(TestRoutes.frontTo("worker:unix:/a.sock"));
    writeSettings("gateway.prot = 1\n\ngateway.fields-max = 64\n");
    assertThat(output(1, "check"))
        .isEqualTo(
            "\nerror: config/application.properties:1: unknown setting gateway.prot; did you mean"
                + " gateway.port?\nerror: config/application.properties:3: gateway.fields-max ="
                + " \"64\": write a size with its unit, for example 512B, 16KiB or 50MiB\n\n"
                + "errors: 2, warnings: 0\n");
  }

  @Test
  void aKeyThatStandsTwiceIsToldWithBothLines() throws Exception {
    writeFront(TestRoutes.frontTo("worker:unix:/a.sock"));
    writeSettings("gateway.port=0\n# again\ngateway.port: \\\n  0\nmy.own = 1\nmy.own = 1\n");
    assertThat(output(1, "check"))
        .isEqualTo(
            """

            error: config/application.properties:3: key gateway.port stands in line 1 already, and only one could count; remove one
            error: config/application.properties:6: key my.own stands in line 5 already, and only one could count; remove one

            errors: 2, warnings: 0
            """);
  }

  @Test
  void aDirectoryThatEndsWithASlashIsWarnedOf() throws Exception {
    writeFront(TestRoutes.frontTo("worker:unix:/a.sock"));
    assertThat(BENCH.run(Map.of("gateway.workers.directory", "/run/a/"), "check").output())
        .contains(
            "warning: command line (-D): gateway.workers.directory = /run/a/ ends with /, so each"
                + " worker has another name in the ring than without it, and users move; leave the"
                + " / out\n");
  }

  @Test
  void aSettingOfTheCommandLineIsToldAsSuch() throws Exception {
    writeFront(TestRoutes.frontTo("worker:unix:/a.sock"));
    assertThat(output(1, Map.of("gateway.worker.keepaliv", "1", "gateway.port", "-1"), "check"))
        .isEqualTo(
            """

            error: command line (-D): unknown setting gateway.worker.keepaliv; did you mean gateway.worker.keepalive?
            error: command line (-D): gateway.port = "-1": write a number from 0 to 65535

            errors: 2, warnings: 0
            """);
  }
}
