// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;

class SocketDirectoriesTest {
  @TempDir Path directory;

  private static List<Fault> lost(Path directory) {
    return SocketDirectories.lost(
        List.of(
            new WorkerAddress.Unix(directory.resolve("a.sock")),
            new WorkerAddress.Tcp("localhost", 8083),
            new WorkerAddress.Unix(directory.resolve("b.sock"))));
  }

  @Test
  void aDirectoryThatIsThereIsNotLostHoweverEmpty() {
    assertThat(lost(directory)).isEmpty();
  }

  @Test
  void aDirectoryThatIsNotThereYetIsNotLost() {
    assertThat(lost(directory.resolve("later"))).isEmpty();
  }

  @Test
  void aDirectoryThatWasMadeAnewIsLostToWhoHasTheOldOne() throws Exception {
    Path made = Files.createDirectory(directory.resolve("run"));
    Process holder = new ProcessBuilder("sleep", "60").directory(made.toFile()).start();
    try {
      // as a mount does, this leads to the directory and not to its name
      Path mounted = Path.of("/proc/" + holder.pid() + "/cwd");
      assertThat(lost(mounted)).isEmpty();
      Files.delete(made);
      Files.createDirectory(made);
      assertThat(lost(made)).isEmpty();
      assertThat(lost(mounted))
          .extracting(Fault::code, Fault::place)
          .containsExactly(tuple(Code.LOST_DIRECTORY, mounted.toString()));
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }
}
