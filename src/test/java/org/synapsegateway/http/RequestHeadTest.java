// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.identity.LongPoll;

class RequestHeadTest {
  private static final HeadLimits LIMITS = new HeadLimits(64, 128);

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }

  private static Failure refusal(String text) {
    return assertThatThrownBy(() -> RequestHead.of(text))
        .asInstanceOf(InstanceOfAssertFactories.type(HttpException.class))
        .actual()
        .failure();
  }

  private static String unescape(String text) {
    return text.replace("\\r", "\r")
        .replace("\\n", "\n")
        .replace("\\t", "\t")
        .replace("\\0", "\0")
        .replace("\\x7f", "\u007f")
        .replace("\\x7c", "|")
        .replace("\\xff", "\u00ff");
  }

  @Test
  void bytesBehindAHeadAreNoneOfItsMemory() throws HttpException {
    HeadLimits limits = new HeadLimits(16 * 1024, 64 * 1024);
    String text = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n";
    RequestHead head = new RequestHead();
    ByteBuf in = bytes(text + "x".repeat(100_000));

    assertThat(head.read(in, limits)).isTrue();

    assertThat(head.excess()).isZero();
    assertThat(head.bytes().length).isLessThanOrEqualTo(2048);
    assertThat(in.readableBytes()).isEqualTo(100_000);
  }

  @Test
  void aLargeHeadTakesNoMoreThanItsBytesOnceItsEndIsKnown() throws HttpException {
    HeadLimits limits = new HeadLimits(16 * 1024, 64 * 1024);
    for (int size : new int[] {3_000, 5_000, 9_000, 17_000, 33_000, 60_000}) {
      String text = "GET / HTTP/1.1\r\nHost: h\r\nX: " + "x".repeat(size) + "\r\n\r\n";
      RequestHead head = new RequestHead();

      assertThat(head.read(bytes(text + "y".repeat(100_000)), limits)).isTrue();

      assertThat(head.length()).isEqualTo(text.length());
      assertThat(head.bytes().length).isLessThanOrEqualTo(Math.max(4 * 1024, text.length() + 255));
      assertThat(head.excess()).isLessThanOrEqualTo(Math.max(0, text.length() + 255 - 4 * 1024));
    }
  }

  @Test
  void aHeadIsReadWhereverItsBytesAreCut() throws HttpException {
    String text = "PUT /a/b?c=d HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n";
    for (int cut = 0; cut <= text.length(); cut++) {
      RequestHead head = new RequestHead();
      ByteBuf first = bytes(text.substring(0, cut));
      ByteBuf second = bytes(text.substring(cut) + "abc");

      assertThat(head.read(first, LIMITS)).isEqualTo(cut == text.length());
      assertThat(first.isReadable()).isFalse();
      if (cut < text.length()) {
        assertThat(head.read(second, LIMITS)).isTrue();
      }
      assertThat(second.toString(StandardCharsets.ISO_8859_1)).isEqualTo("abc");
      assertThat(head.method()).isEqualTo("PUT");
      assertThat(head.path()).isEqualTo("/a/b");
      assertThat(head.query()).isEqualTo("c=d");
      assertThat(head.contentLength()).isEqualTo(3);
      assertThat(head.first("host")).isEqualTo("x");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/a            | /a | ",
        "/a?           | /a | ''",
        "/a?b?c        | /a | b?c",
        "/%2F//a;b     | /%2F//a;b | ",
        "/a\\x7c{}\\xff\"  | /a\\x7c{}\\xff\" | ",
        "http://h/a?b  | /a | b",
        "https://h:1/a | /a | ",
        "HTTP://h?b    | '' | b",
        "http://[::1]  | '' | ",
      },
      quoteCharacter = '\'')
  void targetsAreTakenApartAndNotChanged(String target, String path, String query)
      throws HttpException {
    RequestHead head = RequestHead.of("GET " + unescape(target) + " HTTP/1.1\r\nHost: h\r\n\r\n");

    assertThat(head.target()).isEqualTo(unescape(target));
    assertThat(head.path()).isEqualTo(unescape(path));
    assertThat(head.query()).isEqualTo(query);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\\nHost: h\\n\\n",
        "GET / HTTP/1.1\\r\\nHost: h\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: h\\r\\nA: b\\rc\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: h\\r\\nA: b\\r\\n c\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\n Host: h\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost : h\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: h\\r\\n: b\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: h\\r\\nA\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: h\\r\\nA: \\0\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: h\\r\\nA(: b\\r\\n\\r\\n",
        "GET  / HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n",
        "GET / a HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n",
        "GET /\\t HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n",
        "GET /\\x7f HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n",
        "GET /#a HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n",
        "GET /\\r\\n\\r\\n",
        "GET\\r\\n\\r\\n",
        "G@T / HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n",
        "GET a HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n",
        "GET * HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n",
        "OPTIONS *a HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n",
        "GET ftp://h/ HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n",
        "GET http:/// HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n",
        "GET http://u@h/ HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n",
        "GET / http/1.1\\r\\nHost: h\\r\\n\\r\\n",
        "GET / HTTP/1.1 \\r\\nHost: h\\r\\n\\r\\n",
        "GET / HTTP/11\\r\\nHost: h\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: h\\r\\nHost: h\\r\\n\\r\\n",
        "GET / HTTP/1.0\\r\\nHost: h\\r\\nhost: h\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: a b\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: a/b\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: a:b\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: a@b\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: [::1\\r\\n\\r\\n",
        "POST / HTTP/1.1\\r\\nHost: h\\r\\nContent-Length: 1\\r\\nContent-Length: 1\\r\\n\\r\\n",
        "POST / HTTP/1.1\\r\\nHost: h\\r\\nContent-Length: 1, 1\\r\\n\\r\\n",
        "POST / HTTP/1.1\\r\\nHost: h\\r\\nContent-Length: +1\\r\\n\\r\\n",
        "POST / HTTP/1.1\\r\\nHost: h\\r\\nContent-Length: -1\\r\\n\\r\\n",
        "POST / HTTP/1.1\\r\\nHost: h\\r\\nContent-Length: 0x1\\r\\n\\r\\n",
        "POST / HTTP/1.1\\r\\nHost: h\\r\\nContent-Length:\\r\\n\\r\\n",
        "POST / HTTP/1.1\\r\\nHost: h\\r\\nContent-Length: 9999999999999999999\\r\\n\\r\\n",
        "POST / HTTP/1.1\\r\\nHost: h\\r\\nContent-Length: 1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n",
        "POST / HTTP/1.1\\r\\nHost: h\\r\\nTransfer-Encoding: chunked\\r\\nContent-Length: 1\\r\\n\\r\\n",
        "POST / HTTP/1.1\\r\\nHost: h\\r\\nTransfer-Encoding: chunked\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n",
        "POST / HTTP/1.1\\r\\nHost: h\\r\\nTransfer-Encoding: chunked, chunked\\r\\n\\r\\n",
        "POST / HTTP/1.1\\r\\nHost: h\\r\\nTransfer-Encoding: identity\\r\\n\\r\\n",
        "POST / HTTP/1.1\\r\\nHost: h\\r\\nTransfer-Encoding: xchunked\\r\\n\\r\\n",
        "POST / HTTP/1.1\\r\\nHost: h\\r\\nTransfer-Encoding: chunked, gzip\\r\\n\\r\\n",
        "POST / HTTP/1.1\\r\\nHost: h\\r\\nTransfer-Encoding:\\r\\n\\r\\n",
        "POST / HTTP/1.0\\r\\nHost: h\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n",
        "\\nGET / HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n",
        "\\rGET / HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n",
      })
  void whatRfc9112RefusesIsRefused(String text) {
    assertThat(refusal(unescape(text))).isEqualTo(Failure.BAD_REQUEST);
  }

  @ParameterizedTest
  @CsvSource({
    "GET / HTTP/2.0, VERSION_NOT_SUPPORTED",
    "GET / HTTP/9.9, VERSION_NOT_SUPPORTED",
    "CONNECT h:1 HTTP/1.1, METHOD_NOT_ALLOWED",
    "TRACE / HTTP/1.1, METHOD_NOT_ALLOWED",
  })
  void whatIsNotSupportedIsToldSo(String requestLine, Failure failure) {
    assertThat(refusal(requestLine + "\r\nHost: h\r\n\r\n")).isEqualTo(failure);
  }

  @Test
  void aTransferCodingThatIsNotKnownIsNotImplemented() {
    assertThat(refusal("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"))
        .isEqualTo(Failure.NOT_IMPLEMENTED);
  }

  @Test
  void emptyLinesBeforeTheRequestLineAreIgnored() throws HttpException {
    assertThat(RequestHead.of("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n").method())
        .isEqualTo("GET");
  }

  @Test
  void limitsCountTheRequestLineAndTheFieldsOnTheirOwn() throws HttpException {
    String line = "GET /" + "a".repeat(64 - 14) + " HTTP/1.1";
    String fields = "Host: h\r\nA: " + "b".repeat(128 - 9 - 5) + "\r\n";
    assertThat(line).hasSize(64);
    assertThat(fields).hasSize(128);

    assertThat(new RequestHead().read(bytes(line + "\r\n" + fields + "\r\n"), LIMITS)).isTrue();
    assertThatThrownBy(() -> new RequestHead().read(bytes("G" + line + "\r\n" + fields), LIMITS))
        .extracting("failure")
        .isEqualTo(Failure.TARGET_TOO_LONG);
    assertThatThrownBy(
            () -> new RequestHead().read(bytes(line + "\r\nC" + fields + "\r\n"), LIMITS))
        .extracting("failure")
        .isEqualTo(Failure.HEAD_TOO_LARGE);
    assertThatThrownBy(() -> new RequestHead().read(bytes("A".repeat(300)), LIMITS))
        .extracting("failure")
        .isEqualTo(Failure.TARGET_TOO_LONG);
    assertThatThrownBy(() -> new RequestHead().read(bytes(line + "\r\n" + "A".repeat(300)), LIMITS))
        .extracting("failure")
        .isEqualTo(Failure.HEAD_TOO_LARGE);
  }

  @Test
  void theLargestLimitsThatCanBeSetAreLimits() throws HttpException {
    HeadLimits limits = new HeadLimits(Integer.MAX_VALUE / 2, Integer.MAX_VALUE / 2);

    assertThat(new RequestHead().read(bytes("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), limits)).isTrue();
  }

  @Test
  void aThousandFieldsAreLookedUpAmongTenThousandsThatConnectionNames() throws HttpException {
    String names = IntStream.range(0, 30_000).mapToObj(i -> "n" + i).collect(joining(", "));
    String lines = "N77: a\r\nb: c\r\n".repeat(490);
    RequestHead head =
        RequestHead.of(
            "GET / HTTP/1.1\r\nHost: h\r\nConnection: " + names + "\r\n" + lines + "\r\n");
    ByteBuf out = Unpooled.buffer();

    HeadWriter.request(out, head, new Client("1.2.3.4", null, "http"), null, null, null);

    assertThat(out.toString(StandardCharsets.ISO_8859_1))
        .isEqualTo(
            "GET / HTTP/1.1\r\nHost: h\r\n"
                + "b: c\r\n".repeat(490)
                + "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: http\r\n\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1, '', true",
    "HTTP/1.1, close, false",
    "HTTP/1.1, 'x, Close', false",
    "HTTP/1.0, '', false",
    "HTTP/1.0, Keep-Alive, true",
    "HTTP/1.0, 'keep-alive, close', false",
  })
  void connectionsPersistAsTheirVersionSays(String version, String connection, boolean keepAlive)
      throws HttpException {
    String field = connection.isEmpty() ? "" : "Connection: " + connection + "\r\n";

    assertThat(
            RequestHead.of("GET / " + version + "\r\nHost: h\r\n" + field + "\r\n").isKeepAlive())
        .isEqualTo(keepAlive);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "since=s1       | s1",
        "a=b&since=s1&c | s1",
        "Since=S1       | S1",
        "since=         | ''",
        "since          | ''",
        "xsince=1       | ''",
        "a=since=1      | ''",
        "since=1&since=2| 1",
        "since=a%20b=c  | a%20b=c",
        "''             | ''",
      },
      quoteCharacter = '\'')
  void argumentsAreThoseOfNginx(String query, String value) throws HttpException {
    RequestHead head = RequestHead.of("GET /?" + query + " HTTP/1.1\r\nHost: h\r\n\r\n");

    assertThat(head.text(head.argument("since"))).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({
    "timeout=30000, 30000",
    "a=b&timeout=1, 1",
    "timeout=, 0",
    "timeout=-5, 0",
    "timeout=99999999999999, 9999999",
    "timeouts=5, 0",
  })
  void theTimeOfALongPollIsItsTimeoutArgument(String query, long millis) throws HttpException {
    assertThat(LongPoll.millis(RequestHead.of("GET /?" + query + " HTTP/1.1\r\nHost: h\r\n\r\n")))
        .isEqualTo(millis);
  }

  @ParameterizedTest
  @CsvSource({
    "h, true",
    "h:, true",
    "h:0, true",
    "h:8448, true",
    "h:65535, true",
    "h:000065535, true",
    "[::1]:65535, true",
    "h:65536, false",
    "h:99999, false",
    "h:4294967376, false",
    "h:18446744073709551696, false",
    "[::1]:65536, false",
    "h:-1, false",
    "h:+1, false",
  })
  void aHostHasNoPortThatTcpHasNot(String host, boolean isRight) {
    for (String head :
        new String[] {
          "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n",
          "GET http://" + host + "/ HTTP/1.1\r\nHost: a\r\n\r\n"
        }) {
      assertThat(parses(head)).as(head).isEqualTo(isRight);
    }
  }

  private static boolean parses(String head) {
    try {
      RequestHead.of(head);
      return true;
    } catch (HttpException e) {
      assertThat(e.failure()).isEqualTo(Failure.BAD_REQUEST);
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CONNECT h:1 HTTP/1.1",
        "GET http:/x HTTP/1.1",
        "GET *x HTTP/1.1",
        "GET x HTTP/1.1",
        "GET"
      })
  void aHeadThatIsRefusedMidwayHasNoPath(String line) {
    RequestHead head = new RequestHead();
    ByteBuf in = Unpooled.copiedBuffer(line + "\r\nHost: h\r\n\r\n", StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> head.read(in, new HeadLimits(1_000, 1_000)))
        .isInstanceOf(HttpException.class);
    assertThat(head.path()).isEmpty();
  }
}
