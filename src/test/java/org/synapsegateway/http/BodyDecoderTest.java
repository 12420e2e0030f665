// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodyDecoderTest {
  private final StringBuilder taken = new StringBuilder();
  private final BodySink sink =
      new BodySink() {
        @Override
        public void data(ByteBuf bytes) {
          taken.append(bytes.toString(StandardCharsets.ISO_8859_1));
          bytes.release();
        }

        @Override
        public void pausing() {}

        @Override
        public void end(String trailers) {}

        @Override
        public void abort(Failure failure) {}
      };

  private static BodyDecoder chunks() throws HttpException {
    BodyDecoder decoder = new BodyDecoder(Failure.BAD_REQUEST);
    decoder.begin(
        RequestHead.of("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
    return decoder;
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(
        text.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t").replace("\\0", "\0"),
        StandardCharsets.ISO_8859_1);
  }

  @Test
  void chunksAreReadWhereverTheyAreCut() throws HttpException {
    String text = "3\r\nabc\r\n0A;x=\"y\\\"z\"\r\n0123456789\r\n0\r\nX-A: b\r\nHost: evil\r\n\r\n";
    for (int cut = 0; cut <= text.length(); cut++) {
      taken.setLength(0);
      BodyDecoder decoder = chunks();
      decoder.decode(
          Unpooled.copiedBuffer(text.substring(0, cut), StandardCharsets.ISO_8859_1), sink);
      ByteBuf rest =
          Unpooled.copiedBuffer(text.substring(cut) + "GET", StandardCharsets.ISO_8859_1);
      decoder.decode(rest, sink);

      assertThat(decoder.isDone()).isTrue();
      assertThat(taken).hasToString("abc0123456789");
      assertThat(decoder.trailers()).isEqualTo("X-A: b\r\n");
      assertThat(rest.toString(StandardCharsets.ISO_8859_1)).isEqualTo("GET");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\\r\\n",
        ";x\\r\\n",
        " 3\\r\\nabc\\r\\n",
        "+3\\r\\nabc\\r\\n",
        "0x3\\r\\nabc\\r\\n",
        "-1\\r\\n",
        "3 \\r\\nabc\\r\\n",
        "3\\t\\r\\nabc\\r\\n",
        "3 x\\r\\nabc\\r\\n",
        "3\\nabc\\r\\n",
        "3\\rabc\\r\\n",
        "3;a\\nabc\\r\\n",
        "3;a\\rb\\r\\nabc\\r\\n",
        "3;a=\"\\r\\n\"\\r\\nabc\\r\\n",
        "3;a\\0\\r\\nabc\\r\\n",
        "3\\r\\nabcd\\r\\n",
        "3\\r\\nabc\\n",
        "3\\r\\nabc\\rX",
        "3\\r\\nabc0\\r\\n\\r\\n",
        "1000000000000000\\r\\n",
        "ffffffffffffffffff\\r\\n",
        "0\\r\\nA\\r\\n",
        "0\\r\\nA b: c\\r\\n",
        "0\\r\\n A: c\\r\\n",
        "0\\r\\nA: c\\n\\r\\n",
        "0\\r\\nA: \\0\\r\\n\\r\\n",
        "0\\r\\n\\n",
      })
  void whatRfc9112RefusesIsRefused(String text) throws HttpException {
    BodyDecoder decoder = chunks();

    assertThatThrownBy(() -> decoder.decode(bytes(text), sink))
        .isInstanceOf(HttpException.class)
        .extracting("failure")
        .isEqualTo(Failure.BAD_REQUEST);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 100, 4_000, 8_191, 8_192, 50_000})
  void chunksOfOneReadAreFewPieces(int size) throws HttpException {
    int count = 120_000 / (size + 8);
    StringBuilder text = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < count; i++) {
      String data = Character.toString('a' + i % 26).repeat(size);
      expected.append(data);
      text.append(Integer.toHexString(size)).append("\r\n").append(data).append("\r\n");
    }
    BodyDecoder decoder = chunks();
    ByteBuf in = bytes(text + "0\r\n\r\n");
    int pieces = 0;
    while (!decoder.isDone()) {
      decoder.decode(in, sink);
      pieces++;
    }

    assertThat(taken).hasToString(expected.toString());
    assertThat(pieces).isLessThanOrEqualTo(120_000 / 4_096 + 3);
    assertThat(in.refCnt()).isEqualTo(1);
  }

  @Test
  void largeChunksAreNotCopied() throws HttpException {
    ByteBuf in = bytes("2710\r\n" + "a".repeat(10_000) + "\r\n0\r\n\r\n");
    int[] offset = {0};
    chunks()
        .decode(
            in,
            new BodySink() {
              @Override
              public void data(ByteBuf piece) {
                assertThat(piece.array()).isSameAs(in.array());
                offset[0] = piece.arrayOffset();
                piece.release();
              }

              @Override
              public void pausing() {}

              @Override
              public void end(String trailers) {}

              @Override
              public void abort(Failure failure) {}
            });

    assertThat(offset[0]).isEqualTo(6);
  }

  @Test
  void framingCostsMoreThanTheBytesThatItFrames() throws HttpException {
    int small = chunks().decode(bytes("1\r\na\r\n".repeat(500)), sink);
    int large = chunks().decode(bytes("1f4\r\n" + "a".repeat(500) + "\r\n"), sink);

    assertThat(small).isEqualTo(2_500 * 32);
    assertThat(large).isEqualTo(7 * 32);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Set-Cookie: a",
        "content-type: a",
        "CONTENT-RANGE: a",
        "X-Request-Id: a",
        "Forwarded: a",
        "X-Forwarded-Host: a",
        "If-None-Match: a",
        "Access-Control-Allow-Origin: *",
        "Host: a"
      })
  void whatABodyIsToldApartByDoesNotFollowIt(String field) throws HttpException {
    BodyDecoder decoder = chunks();
    decoder.decode(bytes("0\\r\\nETag: x\\r\\n" + field + "\\r\\nX-Sum: 1\\r\\n\\r\\n"), sink);

    assertThat(decoder.trailers()).isEqualTo("ETag: x\r\nX-Sum: 1\r\n");
  }

  private void decodeAll(BodyDecoder decoder, String text) throws HttpException {
    ByteBuf in = bytes(text);
    while (in.isReadable() && !decoder.isDone()) {
      decoder.decode(in, sink);
    }
  }

  @Test
  void extensionsAndTrailersHaveALimit() throws HttpException {
    BodyDecoder extensions = chunks();
    BodyDecoder trailers = chunks();

    assertThatThrownBy(() -> decodeAll(extensions, "1;" + "a".repeat(17_000)))
        .isInstanceOf(HttpException.class);
    assertThatThrownBy(() -> decodeAll(trailers, "0\r\n" + "a: b\r\n".repeat(3_000)))
        .isInstanceOf(HttpException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, HTTP/1.1 200 OK|Content-Length: 3, abc, true",
    "GET, HTTP/1.1 200 OK|Content-Length: 0, '', true",
    "GET, HTTP/1.1 200 OK|Transfer-Encoding: chunked, '', false",
    "GET, HTTP/1.1 200 OK, abcdef, false",
    "HEAD, HTTP/1.1 200 OK|Content-Length: 3, '', true",
    "GET, HTTP/1.1 204 No Content, '', true",
    "GET, HTTP/1.1 304 Not Modified|Content-Length: 3, '', true",
  })
  void aReplyEndsWhereItsHeadSays(String method, String head, String body, boolean done)
      throws HttpException {
    ReplyHead reply = new ReplyHead();
    reply.answers(method);
    String text = head.replace("|", "\r\n") + "\r\n\r\n";
    assertThat(reply.read(bytes(text), new HeadLimits(1000, 1000))).isTrue();
    BodyDecoder decoder = new BodyDecoder(Failure.BAD_REPLY);
    decoder.begin(reply);
    if (!reply.isChunked()) {
      decoder.decode(bytes("abcdef"), sink);
    }

    assertThat(taken).hasToString(body);
    assertThat(decoder.isDone()).isEqualTo(done);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "garbage\\r\\n\\r\\n",
        "HTTP/2.0 200 OK\\r\\n\\r\\n",
        "HTTP/1.1 20 OK\\r\\n\\r\\n",
        "HTTP/1.1 600 OK\\r\\n\\r\\n",
        "HTTP/1.1 099 OK\\r\\n\\r\\n",
        "HTTP/1.1 200OK\\r\\n\\r\\n",
        "HTTP/1.1 200 OK\\nA: b\\r\\n\\r\\n",
        "HTTP/1.1 200 OK\\r\\nA : b\\r\\n\\r\\n",
        "HTTP/1.1 200 OK\\r\\nContent-Length: 1\\r\\nContent-Length: 2\\r\\n\\r\\n",
        "HTTP/1.1 200 OK\\r\\nContent-Length: 1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n",
        "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: gzip\\r\\n\\r\\n",
      })
  void aReplyThatIsNoReplyIsRefused(String text) {
    assertThatThrownBy(() -> new ReplyHead().read(bytes(text), new HeadLimits(1000, 1000)))
        .isInstanceOf(HttpException.class)
        .extracting("failure")
        .isEqualTo(Failure.BAD_REPLY);
  }
}
