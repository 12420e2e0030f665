// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** examples/synapse, whose routes were written by hand, from its configuration alone. */
class ExampleImportTest {
  private static final Path EXAMPLE = Path.of("examples/synapse");

  @TempDir Path directory;

  private Import made(boolean plain) {
    return Import.of(
        List.of(EXAMPLE.resolve("homeserver.yaml"), EXAMPLE.resolve("workers")),
        directory,
        ExistingProxy.NONE,
        plain);
  }

  @Test
  void theRoutesAreThoseOfTheExampleAndElseTheShippedOnes() throws IOException {
    Import made = made(true);
    assertThat(made.findings()).isEmpty();
    for (String name : Shipped.routes()) {
      Path own = EXAMPLE.resolve(Shipped.path(name));
      Path file = Files.exists(own) ? own : Path.of(Shipped.path(name));
      assertThat(made.files().get(Shipped.path(name))).as(name).isEqualTo(Files.readString(file));
    }
  }

  @Test
  void noRouteIsForgotten() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("routes"))) {
      assertThat(Shipped.routes().stream().map(Shipped::path))
          .containsExactlyInAnyOrderElementsOf(
              files.map(Path::toString).map(path -> path.replace('\\', '/')).toList());
    }
  }

  @Test
  void eachLineOfAWorkerTellsWhereItIsFrom() {
    Import made = made(false);
    Set<String> sources = new TreeSet<>();
    for (String text : made.files().values()) {
      Matcher line =
          Pattern.compile("(?m)^ *- to: worker:unix:\\{\\{.*}}.*?(  # .*)?$").matcher(text);
      while (line.find()) {
        assertThat(line.group(1)).as(line.group()).isNotNull();
        sources.add(line.group(1).replaceFirst(".*\\((.*?)[:,)].*", "$1"));
      }
    }
    assertThat(sources).containsExactly("by its name", "fact");
  }

  @Test
  void theOptionsOfWorkersAreThoseOfTheShippedLines() {
    Pattern option = Pattern.compile("# - to: worker:\\S+?/(inbound_\\w+?)(\\d?)\\.sock(\\?\\S+)");
    int compared = 0;
    for (RouteGroup group : RouteGroup.values()) {
      String text = Shipped.route(group.file());
      Matcher shipped = option.matcher(text.substring(text.indexOf("id: " + group.id() + "\n")));
      if (shipped.find() && shipped.group(1).equals("inbound_" + group.id().replace('-', '_'))) {
        int workers = shipped.group(2).isEmpty() ? 1 : 2;
        assertThat(group.options(workers, "50MiB").replace("bodyMax=50MiB&", ""))
            .as(group.id())
            .isEqualTo(shipped.group(3));
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(20);
  }

  @Test
  void routesThatAreFilledAlreadyAreFilledAnew() {
    Import made = made(true);
    RouteText again = new RouteText(made.files().get("routes/typing.camel.yaml"));
    again.fill("typing", List.of("- to: worker:unix:/x.sock"), null);
    assertThat(again.toString())
        .contains("              - to: worker:unix:/x.sock\n              - to: direct:main");
    again.fill("typing", List.of(), null);
    assertThat(again.toString())
        .contains(
            "              # its workers, if any; the last line is the fallback\n"
                + "              # - to: worker:unix:/x.sock\n"
                + "              - to: direct:main");
  }
}
