// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.fault.ConfigurationException;

class RouteFilesCheckTest {
  @TempDir private Path good;
  @TempDir private Path bad;

  @BeforeEach
  void write() throws IOException {
    Files.writeString(good.resolve("a.camel.yaml"), "- route: {id: a}\n");
    Files.writeString(bad.resolve("b.camel.yaml"), "- route: {id: b, id: c}\n");
  }

  private static String pattern(Path directory) {
    return "file:" + directory + "/*.camel.yaml";
  }

  @Test
  void ends_withTheFaultsOfTheFiles() {
    RouteFilesCheck check = RouteFilesCheck.begin(pattern(bad));

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> check.end(pattern(bad)))
        .withMessageContaining("b.camel.yaml:1:18");
  }

  @Test
  void checksTheFilesThatAreMeant_whereAPlaceholderNamedOthers() {
    RouteFilesCheck check = RouteFilesCheck.begin(pattern(bad));

    assertThatCode(() -> check.end(pattern(good))).doesNotThrowAnyException();
  }

  @Test
  void findsFaults_whereAPlaceholderStoodForTheFiles() {
    RouteFilesCheck check = RouteFilesCheck.begin("{{routes}}");

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> check.end(pattern(bad)));
  }
}
