// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.wire.ScriptedWorker;
import org.synapsegateway.worker.WorkerSocket.State;

class WorkerSocketTest {
  @TempDir Path directory;

  private static ServerSocketChannel listen(Path path) throws Exception {
    return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(path));
  }

  private WorkerSocket asked(ScriptedWorker.Script script) throws Exception {
    Path path = directory.resolve("w.sock");
    try (ScriptedWorker worker = ScriptedWorker.at(path, script)) {
      WorkerSocket socket = WorkerSocket.askedAt(new WorkerAddress.Unix(path));
      assertThat(worker.awaitRequest(0).line()).isEqualTo("GET /health HTTP/1.1");
      return socket;
    }
  }

  @Test
  void tellsWhoListensAndIsHealthy() throws Exception {
    WorkerSocket socket =
        asked(ScriptedWorker.replying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"));

    assertThat(socket.state()).isEqualTo(State.HEALTHY);
    assertThat(socket.detail())
        .matches(
            "[rwx-]{9}, java, process "
                + ProcessHandle.current().pid()
                + " of user \\d+, /health answers 200");
  }

  @Test
  void tellsAWorkerThatIsNotHealthy() throws Exception {
    WorkerSocket socket = asked(ScriptedWorker.replying("HTTP/1.1 503 No\r\n\r\n"));

    assertThat(socket.state()).isEqualTo(State.UNHEALTHY);
    assertThat(socket.detail()).endsWith(", /health answers 503");
  }

  @Test
  void tellsWhatIsNoWorker() throws Exception {
    WorkerSocket socket = asked(ScriptedWorker.replying("220 mail.example.org ESMTP\r\n"));

    assertThat(socket.state()).isEqualTo(State.UNHEALTHY);
    assertThat(socket.detail()).endsWith(", /health gets no HTTP");
  }

  @Test
  void tellsAWorkerThatDoesNotAnswer() throws Exception {
    Path path = directory.resolve("w.sock");
    try (ServerSocketChannel silent = listen(path)) {
      WorkerSocket socket = WorkerSocket.askedAt(new WorkerAddress.Unix(path));
      assertThat(silent.isOpen()).isTrue();
      assertThat(socket.state()).isEqualTo(State.UNHEALTHY);
      assertThat(socket.detail()).endsWith(", /health gets no answer in 2000 ms");
    }
  }

  @Test
  void tellsASocketThatNobodyListensAt() throws Exception {
    Path path = directory.resolve("w.sock");
    listen(path).close();

    assertThat(Files.exists(path)).isTrue();
    assertThat(WorkerSocket.askedAt(new WorkerAddress.Unix(path)).state()).isEqualTo(State.REFUSES);
  }

  @Test
  void tellsAFileWhereADirectoryShouldBe() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));

    assertThat(WorkerSocket.at(file.resolve("w.sock")).detail())
        .isEqualTo("does not exist: " + file + " is no directory");
  }

  @Test
  void tellsTheLockThatAKilledProcessHasLeft() throws Exception {
    Path path = directory.resolve("w.sock");
    Path lock = directory.resolve("w.sock.lock");
    Files.createSymbolicLink(lock, Path.of("1"));
    assertThat(WorkerSocket.at(path).detail())
        .isEqualTo(
            "does not exist, stale: a lock of process 1 (remove %s if its worker cannot start)"
                .formatted(lock));

    listen(path).close();
    assertThat(WorkerSocket.at(path).state()).isEqualTo(State.REFUSES);
    assertThat(WorkerSocket.at(path).detail()).contains(", stale: a lock of process 1 (");
  }

  @Test
  void aLockOfWhoListensIsNotStale() throws Exception {
    Path path = directory.resolve("w.sock");
    Files.createSymbolicLink(directory.resolve("w.sock.lock"), Path.of("1"));
    try (ServerSocketChannel listening = listen(path)) {
      assertThat(listening.isOpen()).isTrue();
      assertThat(WorkerSocket.at(path).detail()).doesNotContain("stale");
    }
  }

  @Test
  void tellsAFileFromASocket() throws Exception {
    Path file = Files.createFile(directory.resolve("w.sock"));

    assertThat(WorkerSocket.askedAt(new WorkerAddress.Unix(file)))
        .isEqualTo(new WorkerSocket(State.NOT_A_SOCKET, "is no socket"));
  }

  @Test
  void tellsThatThereIsNothing() {
    assertThat(WorkerSocket.askedAt(new WorkerAddress.Unix(directory.resolve("w.sock"))))
        .isEqualTo(new WorkerSocket(State.MISSING, "does not exist"));
  }

  @Test
  void aPortIsAskedToo() throws Exception {
    WorkerAddress address;
    try (ScriptedWorker worker = ScriptedWorker.at("127.0.1.1", 0, ScriptedWorker.saying("OK"))) {
      address = WorkerAddress.at("127.0.1.1:" + worker.port());
      assertThat(WorkerSocket.askedAt(address))
          .isEqualTo(
              new WorkerSocket(State.HEALTHY, "127.0.1.1, somebody listens, /health answers 200"));
    }
    assertThat(WorkerSocket.askedAt(address))
        .isEqualTo(new WorkerSocket(State.REFUSES, "127.0.1.1, Connection refused"));
    assertThat(WorkerSocket.pool(address, "here")).isEmpty();
  }
}
