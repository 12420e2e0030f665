package org.synapsegateway.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketDirectoriesTest {
  @TempDir Path directory;

  private static List<String> lost(Path directory) {
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
          .singleElement()
          .asString()
          .startsWith(mounted + " has been removed, and what is mounted here is the old one")
          .endsWith("(RuntimeDirectoryPreserve=yes)");
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }
}
