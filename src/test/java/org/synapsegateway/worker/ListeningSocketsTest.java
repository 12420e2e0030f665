// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.wire.ScriptedWorker;

class ListeningSocketsTest {
  @TempDir Path directory;

  @Test
  void whoListensIsSeenWithoutAConnection() throws Exception {
    Path path = directory.resolve("ein Söckchen.sock");
    ScriptedWorker worker = ScriptedWorker.at(path, ScriptedWorker.replying(""));
    assertThat(ListeningSockets.now().at(path).state()).isEqualTo(WorkerSocket.State.LISTENS);
    assertThat(worker.connections()).isEmpty();
    worker.close();
    assertThat(ListeningSockets.now().at(path).state()).isEqualTo(WorkerSocket.State.MISSING);
  }

  @Test
  void whatIsNotListedIsConnectedTo() throws Exception {
    Path path = directory.resolve("w.sock");
    try (ScriptedWorker worker = ScriptedWorker.at(path, ScriptedWorker.replying(""))) {
      WorkerSocket found = new ListeningSockets(Set::of).at(path);
      assertThat(found.state()).isEqualTo(WorkerSocket.State.LISTENS);
      assertThat(found.detail()).contains("process " + ProcessHandle.current().pid());
      assertThat(worker.path()).isEqualTo(path);
    }
    Files.createFile(directory.resolve("file"));
    assertThat(ListeningSockets.now().at(directory.resolve("file")).state())
        .isEqualTo(WorkerSocket.State.NOT_A_SOCKET);
  }

  @Test
  void theListIsReadForWhatNothingIsKnownOf() throws Exception {
    AtomicInteger reads = new AtomicInteger();
    ListeningSockets listening =
        new ListeningSockets(
            () -> {
              reads.incrementAndGet();
              return Set.of(directory.resolve("b.sock").toString());
            });
    Path connected = Files.createFile(directory.resolve("a.sock"));
    assertThat(listening.at(connected, 1).state()).isEqualTo(WorkerSocket.State.LISTENS);
    assertThat(listening.at(directory.resolve("gone.sock"), 1).state())
        .isEqualTo(WorkerSocket.State.MISSING);
    assertThat(reads).hasValue(0);

    try (ScriptedWorker listed =
            ScriptedWorker.at(directory.resolve("b.sock"), ScriptedWorker.replying(""));
        ScriptedWorker other =
            ScriptedWorker.at(directory.resolve("c.sock"), ScriptedWorker.replying(""))) {
      assertThat(listening.at(listed.path(), 0).state()).isEqualTo(WorkerSocket.State.LISTENS);
      assertThat(listed.connections()).isEmpty();
      assertThat(reads).hasValue(1);
      for (int i = 0; i < 10; i++) {
        assertThat(listening.at(other.path(), 0).state()).isEqualTo(WorkerSocket.State.LISTENS);
        other.awaitConnection(i);
      }
      assertThat(reads).hasValue(2);
    }
  }

  @Test
  void onlyThoseThatAcceptCount() {
    String path = directory.toString();
    assertThat(
            ListeningSockets.paths(
                Stream.of(
                    "Num       RefCount Protocol Flags    Type St Inode Path",
                    "0000000000000000: 00000003 00000000 00000000 0001 03 12345 " + path,
                    "0000000000000000: 00000002 00000000 00010000 0001 01 12346")))
        .isEmpty();
    assertThat(
            ListeningSockets.paths(
                Stream.of("0000000000000000: 00000002 00000000 00010000 0001 01 12345 " + path)))
        .containsExactly(path);
  }
}
