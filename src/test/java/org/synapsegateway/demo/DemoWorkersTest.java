// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoWorkersTest {
  @TempDir Path directory;

  private Path usual() {
    return directory.resolve("demo");
  }

  private static String permissions(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void itIsAlwaysInTheSamePlace() throws Exception {
    for (int i = 0; i < 2; i++) {
      Path place = DemoWorkers.place(usual());
      assertThat(place).isEqualTo(usual());
      assertThat(permissions(place)).isEqualTo("rwx------");
      new DemoWorkers(place, List.of("main")).close();
      assertThat(place).doesNotExist();
    }
  }

  @Test
  void whatAKilledOneHasLeftIsClearedAway() throws Exception {
    Files.createFile(DemoWorkers.place(usual()).resolve("inbound_main.sock"));
    DemoWorkers again = new DemoWorkers(DemoWorkers.place(usual()), List.of("main"));
    assertThat(usual().resolve("inbound_main.sock")).exists();
    again.close();
  }

  @Test
  void aSecondOneGoesElsewhere() throws Exception {
    DemoWorkers first = new DemoWorkers(DemoWorkers.place(usual()), List.of("main"));
    Path other = DemoWorkers.place(usual());
    assertThat(other).isNotEqualTo(usual());
    assertThat(permissions(other)).isEqualTo("rwx------");
    assertThat(usual().resolve("inbound_main.sock")).exists();
    Files.delete(other);
    first.close();
  }

  @Test
  void aDirectoryThatOthersMayWriteToOrALinkIsNoPlace() throws Exception {
    Files.createDirectory(usual());
    Files.setPosixFilePermissions(usual(), PosixFilePermissions.fromString("rwxrwxrwx"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), usual());
    for (Path place : List.of(usual(), link)) {
      Path other = DemoWorkers.place(place);
      assertThat(other).isNotEqualTo(place);
      Files.delete(other);
    }
  }
}
