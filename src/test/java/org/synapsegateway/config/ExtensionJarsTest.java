// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.fault.ConfigurationException;

/** What is read from {@code ext/}. */
class ExtensionJarsTest {
  @TempDir Path directory;

  @Test
  void aJarThatIsNoneIsTold() throws Exception {
    Path jar = Files.writeString(directory.resolve("half.jar"), "PK");
    assertThatThrownBy(() -> ExtensionJars.load(directory, getClass().getClassLoader()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(jar + ": ")
        .hasMessageEndingWith(" [bad-jar]");
  }

  @Test
  void withoutJarsThereIsNoOtherLoader() {
    ClassLoader parent = getClass().getClassLoader();
    assertThat(ExtensionJars.load(directory, parent)).isSameAs(parent);
    assertThat(ExtensionJars.load(directory.resolve("nowhere"), parent)).isSameAs(parent);
  }
}
