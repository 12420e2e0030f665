// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.cli.Commands;

/** The command import, from its arguments to its exit status. */
class ImportCommandTest {
  private static final String HOME = "examples/synapse/homeserver.yaml";
  private static final String WORKERS = "examples/synapse/workers";

  @TempDir Path directory;

  private String printed = "";

  private int run(String... arguments) {
    List<String> command = new ArrayList<>(List.of("import", "--to", directory.toString()));
    command.addAll(List.of(arguments));
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    PrintStream both = new PrintStream(told, true, StandardCharsets.UTF_8);
    System.setOut(both);
    System.setErr(both);
    try {
      return Commands.run(command.toArray(String[]::new));
    } finally {
      System.setOut(out);
      System.setErr(err);
      printed = told.toString(StandardCharsets.UTF_8);
    }
  }

  private long files() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).count();
    }
  }

  @Test
  void writesOnceAndThenHasNothingToWrite() throws IOException {
    assertThat(run(HOME, WORKERS, "--plain")).isZero();
    assertThat(printed).contains("normal-sync ").contains("files written");
    assertThat(directory.resolve("routes/typing.camel.yaml"))
        .hasSameTextualContentAs(Path.of("examples/synapse/routes/typing.camel.yaml"));
    assertThat(directory.resolve("import-report.md"))
        .content()
        .satisfies(page -> assertThat(page.lines().count()).isLessThan(60));
    assertThat(run(HOME, WORKERS, "--plain")).isZero();
    assertThat(printed).contains("nothing has changed");
  }

  private static final String PROXY =
      """
      upstream syncs { server unix:/run/matrix-synapse/inbound_media1.sock; }
      server {
        listen 80;
        location /_matrix/ { proxy_pass http://unix:/run/matrix-synapse/inbound_main.sock; }
      }
      """;

  @Test
  void takesNginxForWhatItIsByItsText() throws IOException {
    Path nginx = directory.resolve("nginx.dump");
    Files.writeString(nginx, PROXY);
    assertThat(run(HOME, WORKERS, nginx.toString())).isEqualTo(3);
    assertThat(directory.resolve("import-report.md")).content().contains("# in place of " + nginx);
    assertThat(run(HOME, WORKERS, nginx.toString())).isEqualTo(3);
    assertThat(printed).contains("nothing has changed");
  }

  @Test
  void whatCannotStandBesideTheListenersOfLaterIsToGoWithNginx() throws IOException {
    Path settings = directory.resolve("config/application.properties");
    Files.createDirectories(settings.getParent());
    Files.writeString(settings, "gateway.host=127.0.0.2\ngateway.port=8010\n");
    Path nginx = directory.resolve("nginx.dump");
    Files.writeString(nginx, PROXY);
    assertThat(run(HOME, WORKERS, nginx.toString())).isEqualTo(3);
    assertThat(settings)
        .content()
        .contains(
            """
            # once nginx is gone: remove gateway.host and gateway.port
            # once nginx is gone: gateway.listen=http://0.0.0.0:80
            """);
    assertThat(directory.resolve("import-report.md"))
        .content()
        .contains(", without gateway.host and gateway.port; ");
    assertThat(run(HOME, WORKERS, nginx.toString())).isEqualTo(3);
    assertThat(printed).contains("nothing has changed");
    Files.writeString(
        settings, Files.readString(settings).replaceAll("gateway\\.(host|port)=.*", ""));
    assertThat(run(HOME, WORKERS, nginx.toString(), "--force")).isEqualTo(3);
    assertThat(settings).content().doesNotContain("remove");
  }

  @ParameterizedTest
  @CsvSource({
    "https://0.0.0.0:443 http://127.0.0.1:8010?trusted, server 127.0.0.1:8010;, on port 8010",
    "http://0.0.0.0:80?redirect unix:/run/g.sock, # server: where gateway.listen has it, where gateway.listen has it",
  })
  void thePortIsThatOfTheListenersOfAnAdmin(String listen, String server, String port)
      throws IOException {
    Path settings = directory.resolve("config/application.properties");
    Files.createDirectories(settings.getParent());
    Files.writeString(settings, "gateway.listen=" + listen + "\n");
    Path nginx = directory.resolve("nginx.dump");
    Files.writeString(nginx, PROXY);
    assertThat(run(HOME, WORKERS, nginx.toString())).isEqualTo(3);
    assertThat(directory.resolve("import-report.md"))
        .content()
        .contains("    " + server + "\n")
        .contains("serves the site now, " + port + "\n");
    assertThat(settings).content().doesNotContain("gateway.port");
  }

  private static final String HAPROXY =
      """
      defaults
        mode http
      frontend in
        bind :8008
        use_backend %[path,map_reg(/nowhere/paths.map,main)]
      backend main
        server main /run/matrix-synapse/inbound_main.sock
      """;

  @Test
  void readsHaproxyWithItsMapBesideIt() throws IOException {
    Path haproxy = directory.resolve("proxy.cfg");
    Files.writeString(haproxy, HAPROXY);
    assertThat(run(HOME, WORKERS, haproxy.toString())).isEqualTo(1);
    assertThat(printed)
        .isEqualTo(
            "%1$s:5: there is no file /nowhere/paths.map, here or beside %1$s [bad-haproxy-file]%n"
                .formatted(haproxy));
    Files.writeString(directory.resolve("paths.map"), "^/_matrix/client/v3/x$ main\n");
    assertThat(run(HOME, WORKERS, haproxy.toString())).isEqualTo(3);
    assertThat(printed).contains("to do: " + haproxy + ":5: lets everybody ask for");
    assertThat(run(HOME, WORKERS, haproxy.toString(), "--faithful")).isEqualTo(2);
    assertThat(printed).startsWith("--faithful wants the nginx.conf");
    assertThat(run("--compare", haproxy.toString())).isEqualTo(1);
    assertThat(printed).startsWith(haproxy + ": --compare reads nginx only");
  }

  @Test
  void tellsWhatIsWrongWithNginx() throws IOException {
    Path nginx = directory.resolve("nginx.conf");
    Files.writeString(nginx, PROXY.replaceFirst("}\\s*$", ""));
    assertThat(run(HOME, WORKERS, nginx.toString())).isEqualTo(1);
    assertThat(printed).startsWith(nginx + ":2: the block is not closed");
    Files.writeString(nginx, PROXY);
    assertThat(run(HOME, nginx.toString(), nginx.toString())).isEqualTo(1);
    assertThat(printed).startsWith(nginx + ": several files of proxies");
  }

  @Test
  void replacesNoFileThatSomebodyHasEdited() throws IOException {
    run(HOME, WORKERS);
    Path typing = directory.resolve("routes/typing.camel.yaml");
    String edited = Files.readString(typing) + "# mine\n";
    Files.writeString(typing, edited);
    assertThat(run(HOME, WORKERS, "--plain")).isEqualTo(1);
    assertThat(printed)
        .startsWith(typing + ": somebody has edited the file, so nothing is written");
    assertThat(typing).content().isEqualTo(edited);
    assertThat(directory.resolve("routes/media.camel.yaml")).content().contains("  # examples/");
    assertThat(run(HOME, WORKERS, "--plain", "--force")).isZero();
    assertThat(typing).content().doesNotContain("# mine");
    assertThat(directory.resolve("routes/typing.camel.yaml.before-import"))
        .content()
        .isEqualTo(edited);
  }

  /** As {@code check} does in the directory itself, which this process cannot enter. */
  @Test
  void whatIsWrittenPassesTheCheck() throws IOException {
    run(HOME, WORKERS);
    Properties settings = new Properties();
    settings.load(Files.newBufferedReader(directory.resolve("config/application.properties")));
    settings.put("camel.main.routesIncludePattern", "file:" + directory + "/routes/*.camel.yaml");
    settings.forEach((key, value) -> System.setProperty((String) key, (String) value));
    try {
      String found = CommandOutput.of("check", "--files");
      assertThat(found)
          .contains("errors: 0, warnings: 0")
          .contains(directory + "/routes/typing.camel.yaml")
          .contains("1 worker: Who is typing");
    } finally {
      settings.keySet().forEach(key -> System.clearProperty((String) key));
    }
  }

  @Test
  void leavesWhatSomebodyHasSet() throws IOException {
    Path settings = directory.resolve("config/application.properties");
    Files.createDirectories(settings.getParent());
    Files.writeString(
        settings,
        """
        # mine
        gateway.port = 8010
        gateway.whoami.workers = inbound_main.sock
        gateway.workers.directory=/srv/synapse
        """);
    assertThat(run(HOME, WORKERS)).isEqualTo(3);
    assertThat(printed)
        .contains(
            settings
                + ":4: gateway.workers.directory is /srv/synapse, and by Synapse's configuration it"
                + " would be /run/matrix-synapse");
    assertThat(settings)
        .content()
        .isEqualTo(
            """
            # mine
            gateway.port = 8010
            gateway.whoami.workers=direct:client-reader
            gateway.workers.directory=/srv/synapse
            """);
  }

  @Test
  void aDryRunPrintsWhatWouldChangeAndWritesNothing() throws IOException {
    assertThat(run(HOME, WORKERS, "--plain", "--dry-run")).isZero();
    assertThat(printed)
        .contains(
            "+               - to: worker:unix:{{gateway.workers.directory}}/inbound_typing.sock");
    assertThat(files()).isZero();
  }

  @Test
  void exitsWithThreeIfThereIsSomethingToDo() throws IOException {
    assertThat(run(HOME)).isEqualTo(3);
    assertThat(printed)
        .contains(
            "to do: "
                + HOME
                + ":48: stream_writers: typing names typing, of which no file was given");
    assertThat(directory.resolve("import-report.md")).content().contains("## To do");
  }

  @Test
  void saysWhichRouteOfAnAdminsOwnCountsInstead() throws IOException {
    Files.createDirectories(directory.resolve("config/routes"));
    Files.writeString(directory.resolve("config/routes/sso.camel.yaml"), "[]");
    assertThat(run(HOME, WORKERS)).isEqualTo(3);
    assertThat(printed)
        .contains("config/routes/sso.camel.yaml: counts instead of routes/sso.camel.yaml");
  }

  @Test
  void tellsInOneLineWhatItCannotRead() throws IOException {
    assertThat(run("gone.yaml")).isEqualTo(1);
    assertThat(printed).startsWith("gone.yaml: ").hasLineCount(1);
    assertThat(run("examples/synapse/log.yaml")).isEqualTo(1);
    assertThat(printed).contains("none of the files is Synapse's homeserver.yaml").hasLineCount(1);
    assertThat(run()).isEqualTo(2);
    assertThat(files()).isZero();
  }

  @Test
  void printsJsonForScripts() {
    assertThat(run(HOME, WORKERS, "--json")).isZero();
    assertThat(printed).startsWith("{").contains("\"normal-sync\"").contains("\"toDo\"");
  }

  @Test
  void asksAndKeepsTheAnswer() throws IOException {
    Path worker = directory.resolve("w.yaml");
    Files.writeString(
        worker,
        """
        worker_app: synapse.app.generic_worker
        worker_name: worker1
        worker_listeners: [{path: /s/w.sock, type: http, resources: [{names: [client]}]}]
        """);
    assertThat(run(HOME, WORKERS, worker.toString())).isEqualTo(3);
    InputStream typed = System.in;
    System.setIn(new ByteArrayInputStream("logins\nlogin\n".getBytes(StandardCharsets.UTF_8)));
    try {
      assertThat(run(HOME, WORKERS, worker.toString(), "--ask")).isZero();
    } finally {
      System.setIn(typed);
    }
    assertThat(printed).contains("there is no group \"logins\"; did you mean login?");
    assertThat(run(HOME, WORKERS, worker.toString())).isZero();
    assertThat(directory.resolve("routes/login.camel.yaml"))
        .content()
        .contains("worker:unix:/s/w.sock?headMax=16KiB  # " + worker + ":2 (answer: ");
  }
}
