// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RawClientTest {
  private ServerSocketChannel listener;
  private RawClient client;
  private Wire server;

  @BeforeEach
  void connect() throws IOException {
    listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    client = RawClient.connect(listener.socket().getLocalPort());
    server = new Wire(listener.accept());
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    server.close();
    listener.close();
  }

  @Test
  void replyKeepsOrderCaseAndDuplicates() throws IOException {
    server.send("HTTP/1.1 200 Fine\r\nB: 2\r\na:1\r\nb:  3 \r\nContent-Length: 2\r\n\r\nokrest");

    RawMessage reply = client.readReply();

    assertThat(reply.line()).isEqualTo("HTTP/1.1 200 Fine");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.head().fields())
        .extracting(RawField::line)
        .containsExactly("B: 2", "a:1", "b:  3 ", "Content-Length: 2");
    assertThat(reply.values("b")).containsExactly("2", "3");
    assertThat(reply.content()).isEqualTo("ok");
    assertThat(client.read(4)).isEqualTo("rest");
  }

  @Test
  void everyByteIsItself() throws IOException {
    StringBuilder all = new StringBuilder();
    for (char c = 0; c < 256; c++) {
      all.append(c);
    }
    client.send(all.toString());
    assertThat(server.take(256)).isEqualTo(all.toString());

    server.send("HTTP/1.1 200 OK\r\nContent-Length: 256\r\n\r\n" + all);
    assertThat(client.readReply().content()).isEqualTo(all.toString());
  }

  @Test
  void chunksAndTrailersAreTakenApart() throws IOException {
    server.send(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: x\r\n\r\n");

    RawMessage reply = client.readReply();

    assertThat(reply.content()).isEqualTo("abc0123456789");
    assertThat(reply.body().trailers()).extracting(RawField::line).containsExactly("T: x");
    assertThat(reply.bytes()).endsWith("0\r\nT: x\r\n\r\n");
  }

  @Test
  void bodyWithoutLengthLastsUntilTheEnd() throws IOException {
    server.send("HTTP/1.1 200 OK\r\n\r\nabc");
    server.close();

    assertThat(client.readReply().content()).isEqualTo("abc");
  }

  @Test
  void noBodyWhereNoneCanBe() throws IOException {
    server.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
    server.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n");
    server.send("HTTP/1.1 100 Continue\r\n\r\n");
    server.send("HTTP/1.1 204 No Content\r\n\r\n");

    assertThat(client.readReply("HEAD").content()).isEmpty();
    assertThat(client.readReply().status()).isEqualTo(304);
    assertThat(client.readReply().status()).isEqualTo(100);
    assertThat(client.readReply().status()).isEqualTo(204);
  }

  @Test
  void brokenOffBodiesAreNotWhole() throws IOException {
    server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    server.close();

    RawHead head = client.readHead();
    RawBody body = client.readBody(head);

    assertThat(body.isWhole()).isFalse();
    assertThat(body.content()).isEqualTo("abc");
    assertThat(body.framed()).isEqualTo("3\r\nabc\r\n");
  }

  @Test
  void aResetInABodyUntilTheEndIsNotItsEnd() throws IOException {
    server.send("HTTP/1.1 200 OK\r\n\r\nabc");
    RawHead head = client.readHead();
    assertThat(client.read(3)).isEqualTo("abc");
    server.resetOnClose();
    server.close();

    assertThat(client.readBody(head).isWhole()).isFalse();
  }

  @Test
  void aReplyThatBreaksOffIsNoReply() throws IOException {
    server.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc");
    server.close();

    assertThatThrownBy(client::readReply)
        .isInstanceOf(EOFException.class)
        .hasMessageContaining("abc");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\nA: b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
        "HTTP/1.1 200 OK\r\n b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: \0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n",
      })
  void nothingUncleanPasses(String reply) throws IOException {
    server.send(reply);
    assertThatThrownBy(client::readReply).isInstanceOf(MalformedException.class);
  }

  @Test
  void piecesArriveOneByOne() throws Exception {
    int[] sizes = new int[3];
    Thread reader =
        new Thread(
            () -> {
              try {
                byte[] piece = new byte[100];
                for (int i = 0; i < sizes.length; i++) {
                  sizes[i] = server.takeSome(piece);
                }
              } catch (IOException e) {
                sizes[0] = -1;
              }
            });
    reader.start();

    client.sendPieces("a", "bcd", "ef");
    reader.join(Wire.PATIENCE.toMillis());

    assertThat(sizes).containsExactly(1, 3, 2);
  }

  @Test
  void endAndResetAreSeenAsSuch() throws IOException {
    client.endOutput();
    assertThat(server.awaitEnd()).isEqualTo(Wire.End.CLOSED);
    server.send("still");
    assertThat(client.read(5)).isEqualTo("still");
    client.reset();

    try (RawClient other = RawClient.connect(listener.socket().getLocalPort());
        Wire accepted = new Wire(listener.accept())) {
      other.send("x");
      other.reset();
      assertThat(accepted.awaitEnd()).isEqualTo(Wire.End.RESET);
    }
  }

  @Test
  void whoDoesNotReadIsFelt() throws IOException {
    byte[] much = new byte[64 * 1024];
    int taken = 1;
    while (taken > 0) {
      taken = server.sendSome(much, 0);
    }
    // the kernel's buffers are full, because this client has read nothing
    assertThat(client.wire().unread()).isEmpty();

    byte[] into = new byte[1024 * 1024];
    long read = 0;
    while (read < 8L * into.length && server.sendSome(much, 0) == 0) {
      read += client.wire().takeSome(into);
    }
    assertThat(read).isPositive();
  }
}
