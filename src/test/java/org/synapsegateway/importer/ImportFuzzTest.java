// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fuzz.Choices;
import org.synapsegateway.fuzz.Fuzz;

/** Configurations with slips of the pen: there are routes, or one line says why there are none. */
class ImportFuzzTest {
  /** What may stand where a value is wanted. */
  private static final List<String> VALUES =
      List.of(
          "~",
          "[]",
          "{}",
          "yes",
          "-1",
          "0660",
          "\"x\"",
          "[a, b]",
          "{a: b}",
          "[[a]]",
          "{[a]: b}",
          "*x",
          "''",
          "!t x",
          "{{ x }}",
          "1e9",
          "2001-01-01",
          "[~]",
          "{names: [~]}",
          "worker1",
          "master");

  @TempDir Path directory;

  @Test
  void anyConfigurationGivesRoutesOrOneLine() throws IOException {
    List<String> home = Files.readAllLines(Path.of("examples/synapse/homeserver.yaml"));
    List<String> worker = Files.readAllLines(Path.of("examples/synapse/workers/typing.yaml"));
    Path homeFile = directory.resolve("homeserver.yaml");
    Path workerFile = directory.resolve("typing.yaml");
    List<Path> paths = List.of(homeFile, workerFile);
    Fuzz.check(
        600,
        choices -> {
          Files.write(homeFile, slipped(home, choices));
          Files.write(workerFile, slipped(worker, choices));
          try {
            Import made = Import.of(paths, directory, ExistingProxy.NONE, false);
            assertThat(made.files()).hasSizeGreaterThan(20);
          } catch (ConfigurationException e) {
            assertThat(e.getMessage()).hasLineCount(1);
          }
        });
  }

  private static List<String> slipped(List<String> lines, Choices choices) {
    List<String> slipped = new ArrayList<>(lines);
    for (int slips = choices.below(4); slips > 0; slips--) {
      int at = choices.below(slipped.size());
      String line = slipped.get(at);
      int colon = line.indexOf(':');
      switch (choices.below(5)) {
        case 0 -> slipped.remove(at);
        case 1 -> slipped.set(at, " " + line);
        case 2 -> slipped.add(choices.below(slipped.size()), line);
        case 3 -> slipped.set(at, line.replaceFirst("^  ", ""));
        default -> slipped.set(at, line.substring(0, colon + 1) + " " + choices.of(VALUES));
      }
    }
    return slipped;
  }
}
