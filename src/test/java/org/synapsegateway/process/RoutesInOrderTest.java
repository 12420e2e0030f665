// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.Route;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.TestRoutes;
import org.synapsegateway.explain.DryRun;

class RoutesInOrderTest {
  private static final List<String> LETTERS = Stream.of("abcdefghijkl".split("")).toList();

  @TempDir Path directory;

  private void write(String file, String text) throws IOException {
    Files.createDirectories(directory.resolve(file).getParent());
    Files.writeString(directory.resolve(file), text);
  }

  /** Every other file is of a second directory, which changes nothing. */
  @Test
  void filesAreLoadedInTheOrderOfTheirNames() throws Exception {
    write("z/front.camel.yaml", TestRoutes.frontTo("direct:a"));
    for (String letter : LETTERS) {
      write(
          (LETTERS.indexOf(letter) % 2 == 0 ? "z/" : "y/") + letter + ".camel.yaml",
          """
          - route: { id: %s, from: { uri: direct:%s, steps: [ { stop: {} } ] } }
          """
              .formatted(letter, letter));
    }
    String pattern = "file:%1$s/z/*.camel.yaml,file:%1$s/y/*.camel.yaml".formatted(directory);
    try (DryRun dryRun = DryRun.start(Map.of("camel.main.routesIncludePattern", pattern))) {
      assertThat(dryRun.context().getRoutes())
          .extracting(Route::getRouteId)
          .filteredOn(id -> !id.equals("front"))
          .isEqualTo(LETTERS);
    }
  }
}
