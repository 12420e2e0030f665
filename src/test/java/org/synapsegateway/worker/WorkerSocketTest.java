package org.synapsegateway.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.worker.WorkerSocket.State;

class WorkerSocketTest {
  @TempDir Path directory;

  private static ServerSocketChannel listen(Path path) throws Exception {
    return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(path));
  }

  @Test
  void tellsWhoListens() throws Exception {
    Path path = directory.resolve("w.sock");
    try (ServerSocketChannel worker = listen(path)) {
      WorkerSocket socket = WorkerSocket.at(path);
      assertThat(worker.isOpen()).isTrue();
      assertThat(socket.state()).isEqualTo(State.LISTENS);
      assertThat(socket.detail())
          .matches("[rwx-]{9}, process " + ProcessHandle.current().pid() + " of user \\d+");
    }
  }

  @Test
  void tellsASocketThatNobodyListensAt() throws Exception {
    Path path = directory.resolve("w.sock");
    listen(path).close();

    assertThat(Files.exists(path)).isTrue();
    assertThat(WorkerSocket.at(path).state()).isEqualTo(State.REFUSES);
  }

  @Test
  void tellsAFileFromASocket() throws Exception {
    Path file = Files.createFile(directory.resolve("w.sock"));

    assertThat(WorkerSocket.at(file))
        .isEqualTo(new WorkerSocket(State.NOT_A_SOCKET, "is no socket"));
  }

  @Test
  void tellsThatThereIsNothing() {
    assertThat(WorkerSocket.at(directory.resolve("w.sock")))
        .isEqualTo(new WorkerSocket(State.MISSING, "does not exist"));
  }
}
