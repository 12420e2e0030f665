// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.explain.DryRun;
import org.synapsegateway.explain.DryRunResult;
import org.synapsegateway.explain.Explainer;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.net.AddressSet;

/** The files of examples/synapse, which src/e2e/run tries on a real Synapse. */
class ExampleTest {
  private static final Path EXAMPLE = Path.of("examples/synapse");
  private static final Pattern SOCKET = Pattern.compile("/(inbound_\\w+\\.sock)");

  @TempDir Path directory;

  @Test
  void theRoutesDifferFromTheShippedOnesInTheirWorkersAlone() throws IOException {
    for (Path file : files(EXAMPLE.resolve("routes"))) {
      assertThat(withoutWorkers(file))
          .as(file.toString())
          .isEqualTo(withoutWorkers(Path.of("routes").resolve(file.getFileName())));
    }
  }

  private static List<String> withoutWorkers(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> !line.matches(" *(# )?- to: .*") && !line.contains("# its worker"))
        .toList();
  }

  @Test
  void eachSocketOfTheRoutesIsListenedOnByOneProcess() throws IOException {
    Set<String> routed = new TreeSet<>();
    for (Path file : files(allRoutes())) {
      routed.addAll(sockets(file));
    }
    Set<String> listening = new TreeSet<>(sockets(EXAMPLE.resolve("homeserver.yaml")));
    for (Path file : files(EXAMPLE.resolve("workers"))) {
      assertThat(sockets(file))
          .as(file.toString())
          .hasSize(1)
          .doesNotContainAnyElementsOf(listening);
      listening.addAll(sockets(file));
    }
    assertThat(routed).isEqualTo(listening);
  }

  private static Set<String> sockets(Path file) throws IOException {
    Set<String> found = new TreeSet<>();
    Files.readAllLines(file).stream()
        .filter(line -> !line.strip().startsWith("#"))
        .map(SOCKET::matcher)
        .filter(Matcher::find)
        .forEach(socket -> found.add(socket.group(1)));
    return found;
  }

  @Test
  void theRoutesLoadAndLeadToTheWorkers() throws Exception {
    String routes = "file:" + allRoutes() + "/*.camel.yaml";
    try (DryRun dryRun = DryRun.start(Map.of("camel.main.routesIncludePattern", routes))) {
      assertThat(worker(dryRun, "POST", "/_matrix/client/v3/login")).isEqualTo("client_reader");
      assertThat(worker(dryRun, "GET", "/_matrix/client/v3/presence/@a:x/status"))
          .isEqualTo("presence");
      assertThat(worker(dryRun, "PUT", "/_matrix/federation/v1/send/1"))
          .isEqualTo("federation_inbound");
      assertThat(worker(dryRun, "POST", "/_matrix/client/v3/logout")).isEqualTo("main");
      for (String read : List.of("user/@a:x/account_data/m.direct", "user/@a:x/rooms/!r:x/tags")) {
        assertThat(workers(dryRun, read)).containsExactly("account_data", "client_reader", "main");
      }
      for (String read : List.of("pushrules/", "user/@a:x/account_data/m.push_rules")) {
        assertThat(workers(dryRun, read)).containsExactly("push_rules", "client_reader", "main");
      }
      assertThat(workers(dryRun, "POST", "/_matrix/client/v3/keys/query"))
          .containsExactly("device_lists", "client_reader", "main");
      assertThat(workers(dryRun, "devices"))
          .containsExactly("device_lists", "client_reader", "main");
    }
  }

  private static String worker(DryRun dryRun, String method, String target) throws HttpException {
    return workers(dryRun, method, target).get(0);
  }

  /** Who is asked for a read, each if those before cannot be reached. */
  private static List<String> workers(DryRun dryRun, String read) throws HttpException {
    return workers(dryRun, "GET", "/_matrix/client/v3/" + read);
  }

  private static List<String> workers(DryRun dryRun, String method, String target)
      throws HttpException {
    RequestHead head = Explainer.head(method, target, List.of());
    DryRunResult result = dryRun.send(head, AddressSet.numeric("127.0.0.1"));
    return result.attempts().stream()
        .map(attempt -> attempt.server().replaceFirst(".*/inbound_(\\w+)\\.sock", "$1"))
        .toList();
  }

  /** The shipped routes, and the example's in their place. */
  private Path allRoutes() throws IOException {
    Path all = Files.createDirectories(directory.resolve("routes"));
    for (Path from : List.of(Path.of("routes"), EXAMPLE.resolve("routes"))) {
      for (Path file : files(from)) {
        Files.copy(file, all.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return all;
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }
}
