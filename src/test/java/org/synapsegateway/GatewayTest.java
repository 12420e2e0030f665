// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatewayTest {
  @TempDir Path directory;

  private Path jar() throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, "lib/a-1.jar lib/b-2.jar");
    Path jar = directory.resolve("x.jar");
    try (OutputStream out = Files.newOutputStream(jar)) {
      new JarOutputStream(out, manifest).close();
    }
    return jar;
  }

  @Test
  void librariesThatAreNotBesideTheJarAreTold() throws Exception {
    Path jar = jar();
    Files.createDirectory(directory.resolve("lib"));
    Files.createFile(directory.resolve("lib/a-1.jar"));
    assertThat(Gateway.fault(jar))
        .isEqualTo(
            "%s: 1 of its libraries are missing, for example %s; they must stand beside it, as the"
                    .formatted(jar, directory.resolve("lib/b-2.jar"))
                + " build leaves them");
    Files.createFile(directory.resolve("lib/b-2.jar"));
    assertThat(Gateway.fault(jar)).isNull();
  }

  @Test
  void classesThatAreInNoJarHaveNoneBeside() {
    assertThat(Gateway.fault(directory)).isNull();
  }
}
