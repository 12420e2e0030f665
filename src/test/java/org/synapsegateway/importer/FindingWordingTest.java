// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.importer.synapse.Finding;

/**
 * The wording of import's findings: {@code findings.txt} has one of each kind that the sites in
 * src/test/resources/import have. With {@code -Ddocs.write=true} the test writes that file.
 */
class FindingWordingTest {
  private static final Path GOLDEN = Path.of("src/test/resources/findings.txt");

  @TempDir Path directory;

  @Test
  void theFileHasTheWordingOfAllKinds() throws IOException {
    Map<String, String> byCode = new TreeMap<>();
    for (SiteFile site : SiteFile.all().filter(site -> site.exitStatus() != 1).toList()) {
      for (boolean faithful : new boolean[] {false, true}) {
        for (Finding finding : findings(site, faithful)) {
          String text = finding.toString().replace(directory + "/" + site.name() + "/", "");
          byCode.putIfAbsent(finding.code().toString(), text);
        }
      }
    }
    String told = String.join("\n", byCode.values()) + "\n";
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(GOLDEN, told);
    }
    assertThat(told).isEqualTo(Files.readString(GOLDEN));
  }

  private Iterable<Finding> findings(SiteFile site, boolean faithful) throws IOException {
    Path own = Files.createDirectories(directory.resolve(site.name()));
    return Import.of(site.writeTo(own), own, site.proxy(own, faithful), false).findings();
  }
}
