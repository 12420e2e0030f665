// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http2.Http2Exception;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.Field;
import org.synapsegateway.http.HeadLimits;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;

class RequestSectionTest {
  private static final HeadLimits LIMITS = new HeadLimits(64, 512);
  private static final String GET = ":method=GET;:scheme=https;:path=/;";
  private static final Pattern ESCAPE = Pattern.compile("\\\\x([0-9a-f]{2})");

  private final RequestSection section = new RequestSection();
  private final SectionDecoder decoder = new SectionDecoder(8 * 1024, stream -> section);

  /** Fields between semicolons; {@code \xHH} is any byte. */
  private static String[] fields(String text) {
    List<String> fields = new ArrayList<>();
    for (String field : text.split(";", -1)) {
      if (!field.isBlank()) {
        fields.add(
            ESCAPE
                .matcher(field.strip())
                .replaceAll(
                    hex ->
                        Matcher.quoteReplacement(
                            String.valueOf((char) Integer.parseInt(hex.group(1), 16)))));
      }
    }
    return fields.toArray(String[]::new);
  }

  private RequestHead read(HpackBlock block, boolean bodiless)
      throws HttpException, Http2Exception {
    RequestHead head = new RequestHead();
    section.begin(head, LIMITS);
    decoder.decodeHeaders(1, block.bytes());
    section.end(bodiless);
    return head;
  }

  private RequestHead read(String fields, boolean bodiless) throws HttpException, Http2Exception {
    return read(new HpackBlock().fields(fields(fields)), bodiless);
  }

  private Failure refusal(String fields, boolean bodiless) {
    return assertThatThrownBy(() -> read(fields, bodiless))
        .asInstanceOf(InstanceOfAssertFactories.type(HttpException.class))
        .actual()
        .failure();
  }

  private static String text(RequestHead head) {
    return new String(head.bytes(), 0, head.length(), StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "1   | x=a\\x0db",
        "1   | x=a\\x0ab",
        "1   | x=a\\x00b",
        "1   | x=a\\x0d\\x0atransfer-encoding: chunked",
        "1   | x=\\x0a",
        "1   | cookie=a\\x0d\\x0ab",
        "1   | host=h\\x0d\\x0ax: y",
        "2   | x=a\\x01b",
        "2   | x=a\\x08b",
        "2   | x=a\\x0bb",
        "2   | x=a\\x0cb",
        "2   | x=a\\x1fb",
        "2   | x=a\\x7fb",
        "2   | x=\\x7f",
        "3   | x=\\x20a",
        "3   | x=a\\x20",
        "3   | x=\\x09a",
        "3   | x=a\\x09",
        "3   | x=\\x20",
        "3   | content-length=\\x205",
        "4   | X=a",
        "4   | x-Y=a",
        "4   | Content-Length=0",
        "5   | x\\x0d\\x0ay=a",
        "5   | x\\x00=a",
        "5   | x\\x20=a",
        "5   | x y=a",
        "5   | x\\x7f=a",
        "5   | x\\x80=a",
        "5   | x\\xff=a",
        "6   | x: y=a",
        "6   | x:=a",
        "6   | transfer-encoding: chunked\\x0d\\x0ax=a",
        "7   | x(=a",
        "7   | x\\x22=a",
        "7   | x/y=a",
        "7   | x@y=a",
        "8   | =a",
        "8   | =",
        "9   | transfer-encoding=chunked",
        "9   | transfer-encoding=identity",
        "9   | transfer-encoding=",
        "10  | connection=close",
        "10  | connection=",
        "10  | proxy-connection=keep-alive",
        "10  | keep-alive=timeout 5",
        "10  | upgrade=h2c",
        "11  | te=gzip",
        "11  | te=trailers, deflate",
        "11  | te=",
        "13  | content-length=0; content-length=0",
        "13  | content-length=5; content-length=6",
        "13  | content-length=5, 5",
        "13  | content-length=+5",
        "13  | content-length=-5",
        "13  | content-length=0x5",
        "13  | content-length=",
        "13  | content-length=1000000000000000000",
        "16  | :path=/",
        "17  | x=a; :scheme=https",
        "30  | host=other",
        "30  | host=h:80",
        "30  | host=h; host=other",
        "30  | host=",
        "31  | host=h; host=h",
      })
  void aFieldThatIsMalformedMakesTheRequestSo(int rule, String fields) {
    assertThat(refusal(GET + ":authority=h;" + fields, false))
        .as("rule %s", rule)
        .isEqualTo(Failure.BAD_REQUEST);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "14  | :scheme=https; :path=/; :authority=h",
        "14  | :method=GET; :path=/; :authority=h",
        "14  | :method=GET; :scheme=https; :authority=h",
        "14  | x=a",
        "15  | :method=GET; :scheme=https; :path=; :authority=h",
        "16  | :method=GET; :method=GET; :scheme=https; :path=/; :authority=h",
        "16  | :method=GET; :scheme=https; :scheme=https; :path=/; :authority=h",
        "16  | :method=GET; :scheme=https; :path=/; :authority=h; :authority=h",
        "17  | x=a; :method=GET; :scheme=https; :path=/; :authority=h",
        "17  | :method=GET; :scheme=https; :path=/; host=h; :authority=h",
        "18  | :method=GET; :scheme=https; :path=/; :authority=h; :status=200",
        "18  | :method=GET; :scheme=https; :path=/; :authority=h; :protocol=websocket",
        "18  | :method=CONNECT; :protocol=websocket; :scheme=https; :path=/; :authority=h",
        "18  | :method=GET; :scheme=https; :path=/; :authority=h; :x=a",
        "18  | :method=GET; :scheme=https; :path=/; :authority=h; :=a",
        "18  | :method=GET; :scheme=https; :path=/; :authority=h; :PATH=/",
        "22  | :method=; :scheme=https; :path=/; :authority=h",
        "22  | :method=GET /x HTTP/1.1\\x0d\\x0ax: y; :scheme=https; :path=/; :authority=h",
        "22  | :method=GET /x; :scheme=https; :path=/; :authority=h",
        "22  | :method=G\\x00T; :scheme=https; :path=/; :authority=h",
        "22  | :method=GET:; :scheme=https; :path=/; :authority=h",
        "22  | :method=G/T; :scheme=https; :path=/; :authority=h",
        "22  | :method=GET\\x20; :scheme=https; :path=/; :authority=h",
        "24  | :method=GET; :scheme=https; :path=/a b; :authority=h",
        "24  | :method=GET; :scheme=https; :path=/a HTTP/1.1\\x0d\\x0ax: y; :authority=h",
        "24  | :method=GET; :scheme=https; :path=/\\x09; :authority=h",
        "24  | :method=GET; :scheme=https; :path=/\\x00; :authority=h",
        "24  | :method=GET; :scheme=https; :path=/\\x0a; :authority=h",
        "24  | :method=GET; :scheme=https; :path=/\\x1f; :authority=h",
        "24  | :method=GET; :scheme=https; :path=/\\x7f; :authority=h",
        "24  | :method=GET; :scheme=https; :path=/\\x80; :authority=h",
        "24  | :method=GET; :scheme=https; :path=/\\xff; :authority=h",
        "25  | :method=GET; :scheme=https; :path=/a#b; :authority=h",
        "25  | :method=GET; :scheme=https; :path=#; :authority=h",
        "26  | :method=GET; :scheme=https; :path=x; :authority=h",
        "26  | :method=GET; :scheme=https; :path=http://a/; :authority=h",
        "26  | :method=GET; :scheme=https; :path=https://h/; :authority=h",
        "26  | :method=GET; :scheme=https; :path=@evil; :authority=h",
        "26  | :method=GET; :scheme=https; :path=.evil.com/; :authority=h",
        "26  | :method=GET; :scheme=https; :path=?a; :authority=h",
        "26  | :method=OPTIONS; :scheme=https; :path=*/; :authority=h",
        "27  | :method=GET; :scheme=https; :path=*; :authority=h",
        "27  | :method=POST; :scheme=https; :path=*; :authority=h",
        "28  | :method=GET; :scheme=https; :path=/",
        "28  | :method=GET; :scheme=https; :path=/; x=a",
        "31  | :method=GET; :scheme=https; :path=/; host=h; host=h",
        "32  | :method=GET; :scheme=https; :path=/; :authority=",
        "32  | :method=GET; :scheme=https; :path=/; host=",
        "32  | :method=GET; :scheme=https; :path=/; :authority=user@h",
        "32  | :method=GET; :scheme=https; :path=/; :authority=user:secret@h",
        "32  | :method=GET; :scheme=https; :path=/; :authority=h/",
        "32  | :method=GET; :scheme=https; :path=/; :authority=h?a",
        "32  | :method=GET; :scheme=https; :path=/; :authority=h#a",
        "32  | :method=GET; :scheme=https; :path=/; :authority=h\\x0d\\x0ax: y",
        "32  | :method=GET; :scheme=https; :path=/; :authority=h\\x00",
        "32  | :method=GET; :scheme=https; :path=/; :authority=a b",
        "32  | :method=GET; :scheme=https; :path=/; :authority=\\x20h",
        "32  | :method=GET; :scheme=https; :path=/; :authority=h:x",
        "32  | :method=GET; :scheme=https; :path=/; :authority=h:65536",
        "32  | :method=GET; :scheme=https; :path=/; host=user@h",
        "33  | :method=GET; :scheme=; :path=/; :authority=h",
        "33  | :method=GET; :scheme=https://evil/; :path=/; :authority=h",
        "33  | :method=GET; :scheme=https\\x0d\\x0ax: y; :path=/; :authority=h",
        "33  | :method=GET; :scheme=ftp; :path=/; :authority=h",
      })
  void pseudoHeaderFieldsThatAreMalformedMakeTheRequestSo(int rule, String fields) {
    assertThat(refusal(fields, true)).as("rule %s", rule).isEqualTo(Failure.BAD_REQUEST);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "12 | content-length=5   | true",
        "12 | content-length=1   | true",
      })
  void aRequestThatEndsBeforeItsBodyIsMalformed(int rule, String fields, boolean bodiless) {
    assertThat(refusal(GET + ":authority=h;" + fields, bodiless))
        .as("rule %s", rule)
        .isEqualTo(Failure.BAD_REQUEST);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ":method=CONNECT; :authority=h:443",
        ":method=CONNECT; :scheme=https; :path=/; :authority=h",
        ":method=TRACE; :scheme=https; :path=/; :authority=h",
      })
  void tunnelsAndEchoesAreNotToBeHad(String fields) {
    assertThat(refusal(fields, true)).isEqualTo(Failure.METHOD_NOT_ALLOWED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ":method=GET; :scheme=https; :path=/a?b=c; :authority=h; x=a | true "
            + "| GET /a?b=c HTTP/1.1~host: h~x: a~",
        ":authority=h; :path=/; :scheme=HTTPS; :method=GET | true | GET / HTTP/1.1~host: h~",
        ":method=GET; :scheme=http; :path=//x; :authority=[::1]:8448 | true "
            + "| GET //x HTTP/1.1~host: [::1]:8448~",
        ":method=OPTIONS; :scheme=https; :path=*; :authority=h | true "
            + "| OPTIONS * HTTP/1.1~host: h~",
        ":method=GET; :scheme=https; :path=/; x=a; host=h | true | GET / HTTP/1.1~x: a~host: h~",
        ":method=GET; :scheme=https; :path=/; :authority=h; x=a; host=h | true "
            + "| GET / HTTP/1.1~host: h~x: a~",
        ":method=GET; :scheme=https; :path=/; :authority=h; host=H | true "
            + "| GET / HTTP/1.1~host: h~",
        ":method=GET; :scheme=https; :path=/; :authority=h; te=trailers | true "
            + "| GET / HTTP/1.1~host: h~te: trailers~",
        ":method=GET; :scheme=https; :path=/; :authority=h; cookie=a=1; x=a; cookie=b=2 | true "
            + "| GET / HTTP/1.1~host: h~x: a~cookie: a=1, b=2~",
        ":method=POST; :scheme=https; :path=/; :authority=h; content-length=5 | false "
            + "| POST / HTTP/1.1~host: h~content-length: 5~",
        ":method=POST; :scheme=https; :path=/; :authority=h; content-length=0 | true "
            + "| POST / HTTP/1.1~host: h~content-length: 0~",
        ":method=POST; :scheme=https; :path=/; :authority=h | false "
            + "| POST / HTTP/1.1~host: h~transfer-encoding: chunked~",
        ":method=POST; :scheme=https; :path=/; :authority=h | true " + "| POST / HTTP/1.1~host: h~",
        ":method=GET; :scheme=https; :path=/; :authority=h; x= | true "
            + "| GET / HTTP/1.1~host: h~x: ~",
        ":method=GET; :scheme=https; :path=/; :authority=h; x=a\\xffb | true "
            + "| GET / HTTP/1.1~host: h~x: a\\xffb~",
      })
  void aRequestBecomesTheTextOfHttp1(String fields, boolean bodiless, String text)
      throws HttpException, Http2Exception {
    RequestHead head = read(fields, bodiless);

    String lines = fields(text.replace("1, b", "1\\x3b b"))[0].replace("~", "\r\n") + "\r\n";
    assertThat(text(head)).isEqualTo(lines);
    assertSameAs(RequestHead.of(lines), head);
  }

  /** Both know the same of the same text, so the index that was written on the way is right. */
  private static void assertSameAs(RequestHead parsed, RequestHead composed) {
    assertThat(composed.method()).isEqualTo(parsed.method());
    assertThat(composed.path()).isEqualTo(parsed.path());
    assertThat(composed.query()).isEqualTo(parsed.query());
    assertThat(composed.authority()).isEqualTo(parsed.authority());
    assertThat(composed.contentLength()).isEqualTo(parsed.contentLength());
    assertThat(composed.isChunked()).isEqualTo(parsed.isChunked());
    assertThat(composed.hasBody()).isEqualTo(parsed.hasBody());
    assertThat(composed.fieldCount()).isEqualTo(parsed.fieldCount());
    for (int line = 0; line < parsed.fieldCount(); line++) {
      assertThat(composed.field(line)).isEqualTo(parsed.field(line));
      assertThat(composed.nameStart(line)).isEqualTo(parsed.nameStart(line));
      assertThat(composed.nameEnd(line)).isEqualTo(parsed.nameEnd(line));
      assertThat(composed.value(line)).isEqualTo(parsed.value(line));
    }
  }

  @Test
  void whatTheGatewayUnderstandsIsFoundAtOnce() throws HttpException, Http2Exception {
    RequestHead head =
        read(GET + ":authority=h; expect=100-continue; authorization=Bearer x", false);

    assertThat(head.expectsContinue()).isTrue();
    assertThat(head.value(head.find(Field.AUTHORIZATION, 0))).isEqualTo("Bearer x");
    assertThat(head.isKeepAlive()).isTrue();
  }

  @Test
  void limitsAreThoseOfAHeadThatComesAsText() throws HttpException, Http2Exception {
    String path = "/" + "p".repeat(LIMITS.startLine() - "GET / HTTP/1.1".length());
    assertThat(read(request(path), true).path()).isEqualTo(path);
    assertThat(refusal(request(path + "p"), true)).isEqualTo(Failure.TARGET_TOO_LONG);

    String value = "v".repeat(LIMITS.fields() - "host: h\r\nx: \r\n".length());
    assertThat(read(request("/") + "x=" + value, true).first("x")).isEqualTo(value);
    assertThat(refusal(request("/") + "x=v" + value, true)).isEqualTo(Failure.HEAD_TOO_LARGE);
  }

  private static String request(String path) {
    return ":method=GET;:scheme=https;:path=" + path + ";:authority=h;";
  }

  @Test
  void piecesOfCookiesAreFieldsToo() {
    assertThat(refusal(request("/") + "cookie=;".repeat(RequestSection.MAX_FIELDS), true))
        .isEqualTo(Failure.HEAD_TOO_LARGE);
    assertThat(refusal(request("/") + ("cookie=" + "c".repeat(100) + ";").repeat(5), true))
        .isEqualTo(Failure.HEAD_TOO_LARGE);
  }

  @Test
  void aListThatExpandsIsRefusedAndTheTableStaysRight() throws HttpException, Http2Exception {
    HpackBlock bomb =
        new HpackBlock().fields(fields(request("/"))).indexing("x=" + "v".repeat(100));
    for (int i = 0; i < 1_000; i++) {
      bomb.indexed(62);
    }
    bomb.indexing("y=z");
    RequestHead head = new RequestHead();
    section.begin(head, LIMITS);
    decoder.decodeHeaders(1, bomb.bytes());

    assertThatThrownBy(() -> section.end(true))
        .isInstanceOfSatisfying(
            HttpException.class, e -> assertThat(e.failure()).isEqualTo(Failure.HEAD_TOO_LARGE));
    assertThat(head.bytes().length).isLessThanOrEqualTo(1024);

    RequestHead next = read(new HpackBlock().fields(fields(request("/"))).indexed(62), true);
    assertThat(next.first("y")).isEqualTo("z");
  }

  @Test
  void aMalformedFieldLeavesTheTableRight() throws HttpException, Http2Exception {
    HpackBlock bad = new HpackBlock().fields(fields(request("/"))).fields("X=a").indexing("y=z");
    assertThatThrownBy(() -> read(bad, true)).isInstanceOf(HttpException.class);

    assertThat(read(new HpackBlock().fields(fields(request("/"))).indexed(62), true).first("y"))
        .isEqualTo("z");
  }
}
