// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is spliced of a body, and what is not. */
class BodySpliceTest {
  private static final int MIN = 64 * 1024;
  private static final int MAX = 1024 * 1024;

  private final BodyDecoder decoder = new BodyDecoder(Failure.BAD_REQUEST);
  private final Taker sink = new Taker();
  private Socket socket;

  @BeforeEach
  void open() {
    assumeTrue(Epoll.isAvailable());
    socket = Socket.newSocketStream();
  }

  @AfterEach
  void close() throws IOException {
    if (socket != null) {
      socket.close();
    }
  }

  private void begin(String framing) throws HttpException {
    RequestHead head = new RequestHead();
    ByteBuf bytes =
        Unpooled.copiedBuffer(
            "PUT / HTTP/1.1\r\nHost: h\r\n" + framing + "\r\n\r\n", StandardCharsets.US_ASCII);
    assertThat(head.read(bytes, new HeadLimits(1024, 1024))).isTrue();
    bytes.release();
    decoder.begin(head);
  }

  @Test
  void aLargeRestGoesInParts() throws Exception {
    begin("Content-Length: " + (MAX + MIN));

    assertThat(BodySplice.some(decoder, socket, sink)).isEqualTo(MAX);
    assertThat(BodySplice.some(decoder, socket, sink)).isEqualTo(MIN);
    assertThat(decoder.isDone()).isTrue();
  }

  @Test
  void aSmallRestDoesNot() throws Exception {
    begin("Content-Length: " + (MIN - 1));

    assertThat(BodySplice.some(decoder, socket, sink)).isZero();
    assertThat(decoder.left()).isEqualTo(MIN - 1);
  }

  @Test
  void chunksDoNot() throws Exception {
    begin("Transfer-Encoding: chunked");

    assertThat(BodySplice.some(decoder, socket, sink)).isZero();
    assertThat(decoder.isDone()).isFalse();
  }

  /** Its number may be that of another connection by now, whose bytes they would be. */
  @Test
  void nothingIsTakenFromASocketThatIsClosed() throws Exception {
    begin("Content-Length: " + MAX);
    socket.close();

    assertThat(BodySplice.some(decoder, socket, sink)).isZero();
    assertThat(sink.asked).isFalse();
  }

  /** Takes all that it may. */
  private static final class Taker implements BodySink {
    private boolean asked;

    @Override
    public long splice(Socket from, long most) {
      asked = true;
      return most;
    }

    @Override
    public void data(ByteBuf bytes) {
      bytes.release();
    }

    @Override
    public void pausing() {}

    @Override
    public void end(@Nullable String trailers) {}

    @Override
    public void abort(Failure failure) {}
  }
}
