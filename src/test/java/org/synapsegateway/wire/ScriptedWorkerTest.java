// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptedWorkerTest {
  private static final String GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  @TempDir Path directory;
  private Path socket;

  @BeforeEach
  void nameSocket() {
    socket = directory.resolve("w.sock");
  }

  private Wire connect() throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
    return new Wire(channel);
  }

  @Test
  void rememberTheExactBytesOfEachRequest() throws IOException {
    String post =
        "POST /b HTTP/1.1\r\nhOST:  x \r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nT: 1\r\n\r\n";
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(OK));
        Wire client = connect()) {
      client.send(GET + post);

      assertThat(client.take(2 * OK.length())).isEqualTo(OK + OK);
      assertThat(worker.requests()).extracting(RawMessage::bytes).containsExactly(GET, post);
      assertThat(worker.requests().get(1).content()).isEqualTo("a");
      assertThat(worker.connections())
          .singleElement()
          .satisfies(c -> assertThat(c.requests()).hasSize(2));
    }
  }

  @Test
  void echoAnswersWithTheRequestItself() throws IOException {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.echo());
        Wire client = connect()) {
      client.send(GET);

      assertThat(RawMessage.readReply(client, "GET").content()).isEqualTo(GET);
      assertThat(worker.awaitRequest(0).bytes()).isEqualTo(GET);
    }
  }

  @Test
  void sendPiecesWhenTheTestSaysSo() throws IOException {
    CountDownLatch go = new CountDownLatch(1);
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                c -> {
                  c.readBody(c.nextHead());
                  c.send("first");
                  c.await(go);
                  c.send("second");
                });
        Wire client = connect()) {
      client.send(GET);
      assertThat(client.take(5)).isEqualTo("first");
      assertThat(client.unread()).isEmpty();
      assertThat(worker.openConnections()).isEqualTo(1);
      go.countDown();

      assertThat(client.takeAll()).isEqualTo("second");
      assertThat(client.end()).isEqualTo(Wire.End.CLOSED);
    }
  }

  @Test
  void resetIsNotAnOrderlyEnd() throws IOException {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.Connection::reset);
        Wire client = connect()) {
      client.send(GET);

      assertThat(client.awaitEnd()).isEqualTo(Wire.End.RESET);
      assertThat(worker.requests()).isEmpty();
    }
  }

  @Test
  void resetInMidReplyComesBehindWhatWasSent() throws IOException {
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                c -> {
                  c.awaitReadable();
                  c.send("HTTP/1.1 200 OK\r\n");
                  c.reset();
                });
        Wire client = connect()) {
      client.send(GET);

      assertThat(client.takeAll()).isEqualTo("HTTP/1.1 200 OK\r\n");
      assertThat(client.end()).isEqualTo(Wire.End.RESET);
      assertThat(worker.requests()).isEmpty();
    }
  }

  @Test
  void halfCloseLeavesTheOtherDirectionOpen() throws IOException {
    CountDownLatch sent = new CountDownLatch(1);
    try (ScriptedWorker worker =
            ScriptedWorker.at(
                socket,
                c -> {
                  c.send("bye");
                  c.endOutput();
                  c.await(sent);
                  c.nextRequest();
                });
        Wire client = connect()) {
      assertThat(client.takeAll()).isEqualTo("bye");
      client.send(GET);
      sent.countDown();

      assertThat(worker.awaitRequest(0).target()).isEqualTo("/a");
    }
  }

  @Test
  void noticeThatThePeerHasGone() throws IOException {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, c -> c.wire().awaitEnd())) {
      try (Wire client = connect()) {
        worker.awaitConnection(0);
        assertThat(worker.openConnections()).isEqualTo(1);
        assertThat(client.end()).isEqualTo(Wire.End.NONE);
      }

      assertThat(worker.connections().get(0).awaitEnd()).isEqualTo(Wire.End.CLOSED);
      assertThat(worker.openConnections()).isZero();
    }
  }

  @Test
  void countBytesThatNoScriptHasRead() throws IOException {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, c -> new CountDownLatch(1).await());
        Wire client = connect()) {
      assertThat(worker.receivedBytes()).isZero();
      client.send("x");

      assertThat(worker.receivedBytes()).isEqualTo(1);
    }
  }

  @Test
  void bytesOfConnectionsThatWaitInTheBacklogCountOnceAccepted() throws IOException {
    try (ScriptedWorker worker = ScriptedWorker.deaf(socket, 3, ScriptedWorker.replying(OK));
        Wire client = connect()) {
      client.send(GET);
      assertThat(worker.receivedBytes()).isZero();
      worker.startAccepting();

      assertThat(worker.receivedBytes()).isEqualTo(GET.length());
      assertThat(client.take(OK.length())).isEqualTo(OK);
    }
  }

  @Test
  void fullBacklogLetsNobodyConnect() throws Exception {
    try (ScriptedWorker worker = ScriptedWorker.deaf(socket, 2, ScriptedWorker.replying(OK));
        SocketChannel next = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      worker.fillBacklog();
      next.configureBlocking(false);
      assertThatThrownBy(() -> next.connect(UnixDomainSocketAddress.of(socket)))
          .hasMessageContaining("temporarily unavailable");

      worker.leaveBacklog();
      worker.startAccepting();
      worker.awaitConnection(2);
      try (Wire client = connect()) {
        client.send(GET);
        assertThat(client.take(OK.length())).isEqualTo(OK);
      }
    }
  }

  @Test
  void refuseAndCloseAreDifferentAbsences() throws IOException {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.echo())) {
      worker.refuse();
      assertThat(socket).exists();
      assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void uncleanRequestFailsTheWorker() throws IOException {
    ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(OK));
    try (Wire client = connect()) {
      client.send("GET / HTTP/1.1\r\nHost: x\nY: z\r\n\r\n");
      client.awaitEnd();
    }

    assertThatThrownBy(worker::close)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("a lone CR or LF");
  }

  @Test
  void scriptThatFailsIsHeardAtOnce() throws IOException {
    ScriptedWorker worker =
        ScriptedWorker.at(
            socket,
            c -> {
              throw new IllegalStateException("boom");
            });
    try (Wire client = connect()) {
      client.awaitEnd();

      assertThatThrownBy(() -> worker.awaitRequest(0)).hasMessageContaining("boom");
      assertThatThrownBy(worker::close).hasMessageContaining("boom");
    }
  }

  @Test
  void requestThatBreaksOffIsNoRequest() throws IOException {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(OK))) {
      try (Wire client = connect()) {
        client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabc");
        client.endOutput();
        assertThat(client.awaitEnd()).isEqualTo(Wire.End.CLOSED);
      }
      assertThat(worker.requests()).isEmpty();
      assertThat(worker.receivedBytes()).isPositive();
    }
  }

  @Test
  void readingPastTheEndSaysWhatCame() throws IOException {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, c -> c.send("abc"));
        Wire client = connect()) {
      assertThatThrownBy(() -> client.take(4))
          .isInstanceOf(EOFException.class)
          .hasMessageContaining("4 bytes were wanted")
          .hasMessageContaining("abc");
      assertThat(worker.connections()).hasSize(1);
    }
  }

  @Test
  void silenceIsNoEnd() throws IOException {
    try (ScriptedWorker worker = ScriptedWorker.at(socket, ScriptedWorker.replying(OK));
        Wire client = connect()) {
      worker.awaitConnection(0);

      assertThat(client.awaitEnd(Duration.ofMillis(1))).isEqualTo(Wire.End.NONE);
    }
  }
}
