// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.synapse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files that commands of systemd name; those of supervisor are a site of SitesTest. */
class CommandLinesTest {
  @TempDir Path directory;

  private Path unit(String arguments) throws IOException {
    Path unit = directory.resolve("etc/systemd/system/synapse@.service");
    Files.createDirectories(unit.getParent());
    return Files.writeString(
        unit,
        "[Unit]\nAfter=network.target\n[Service]\nExecStart=/usr/bin/python3 -m synapse.app.generic_worker"
            + arguments
            + "\nUser=synapse\n");
  }

  @Test
  void theFilesOfAnInstanceAreThoseOfItsDirectory() throws IOException {
    Path etc = Files.createDirectories(directory.resolve("etc/matrix-synapse/workers")).getParent();
    Files.writeString(etc.resolve("homeserver.yaml"), "");
    Path unit =
        unit(
            " --config-path=/etc/matrix-synapse/homeserver.yaml -c \\\n  /etc/matrix-synapse/workers/%i.yaml");
    assertThat(CommandLines.areIn(unit)).isTrue();
    assertThat(CommandLines.paths(unit))
        .containsExactly(etc.resolve("homeserver.yaml"), etc.resolve("workers"));
  }

  @Test
  void aFileThatIsNotThereIsToldWithItsPlace() throws IOException {
    Path unit = unit(" --config-path /nowhere/homeserver.yaml");
    assertThatThrownBy(() -> CommandLines.paths(unit))
        .hasMessage(
            unit
                + ":4: /nowhere/homeserver.yaml is not there; copy it, or name the files one by one"
                + " [bad-synapse-file]");
  }

  @Test
  void aFileWithoutSuchCommandsIsNone() throws IOException {
    assertThat(CommandLines.areIn(unit(" --help"))).isFalse();
    assertThat(CommandLines.areIn(directory)).isFalse();
  }
}
