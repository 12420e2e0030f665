// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whom HAProxy sends the witnesses of the sites to, by the importer's reading and by HAProxy. */
class HaproxySitesTest {
  @TempDir Path directory;

  static Stream<SiteFile> sites() throws IOException {
    return SiteFile.all()
        .filter(site -> site.files().containsKey("haproxy.cfg") && !site.witnesses().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("sites")
  void haproxyDecidesTheWitnessesAsTheFileSays(SiteFile site) throws Exception {
    site.writeTo(directory);
    Path file = directory.resolve("haproxy.cfg");
    HaproxyProxy proxy = HaproxyProxy.read(file);
    assertThat(site.witnesses()).hasSizeGreaterThanOrEqualTo(20);
    Path judging = Files.createDirectory(directory.resolve("judge"));
    boolean judged = Files.isExecutable(HaproxyJudge.HAPROXY);
    try (HaproxyJudge judge = judged ? HaproxyJudge.start(file, proxy.name(), judging) : null) {
      for (SiteFile.Witness each : site.witnesses()) {
        String said = proxy.ask(each.method(), each.target()).orElseThrow().decision().outcome();
        assertThat(said).as(each.toString()).isEqualTo(each.proxy());
        if (judged && !said.equals("cannot tell")) {
          assertThat(judge.ask(each.method(), each.target(), proxy.fields()))
              .as(each.toString())
              .isEqualTo(said);
        }
      }
    }
  }
}
