// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassArchiveTest {
  @Test
  void theLastOneNamedCounts() {
    assertThat(
            ClassArchive.named(
                List.of(
                    "-XX:SharedArchiveFile=target/a.jsa",
                    "-XX:SharedArchiveFile=/var/lib/b.jsa",
                    "-Xmx1g")))
        .contains(Path.of("/var/lib/b.jsa"));
    assertThat(ClassArchive.named(List.of("-XX:AOTCache=/var/lib/c.aot")))
        .contains(Path.of("/var/lib/c.aot"));
    assertThat(ClassArchive.named(List.of("-Xmx1g"))).isEmpty();
  }
}
