package org.synapsegateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.http.Field;
import org.synapsegateway.http.HttpException;

class LoggedRequestsTest {
  @TempDir Path directory;

  /** A line, and the request and client that are found in it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          203.0.113.7 - - [24/Nov/2026:10:54:48 +0000] "GET /a?b=c HTTP/1.1" 200 12 "-" "Element/1.11" | GET /a?b=c | 203.0.113.7
          2001:db8::7 - alice [24/Nov/2026:10:54:48 +0000] "PUT /a HTTP/2.0" 200 12 | PUT /a | 2001:db8:0:0:0:0:0:7
          matrix.example.org:443 203.0.113.7 - - [24/Nov/2026:10:54:48 +0000] "M-SEARCH /a HTTP/1.0" 200 12 | M-SEARCH /a | 203.0.113.7
          2026-11-24T10:54:48+00:00 "GET /a HTTP/1.1" 200 [203.0.113.7] | GET /a | 203.0.113.7
          {"time":"24/Nov/2026:10:54:48 +0000","request":"GET /a HTTP/3.0","remote_addr":"203.0.113.7"} | GET /a | 203.0.113.7
          "GET /a\\x22b HTTP/1.1" 200 | GET /a"b | 192.0.2.1
          """)
  void aRequestIsFoundWhereverItStands(String line, String request, String client)
      throws Exception {
    LoggedRequests.Entry entry = LoggedRequests.parse(line);

    assertThat(entry.head().method() + " " + entry.head().target()).isEqualTo(request);
    assertThat(entry.client().getHostAddress()).isEqualTo(client);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "203.0.113.7 - - [24/Nov/2026:10:54:48 +0000] \"-\" 408 0",
        "203.0.113.7 - - [24/Nov/2026:10:54:48 +0000] \"\\x16\\x03\\x01\" 400 157",
        "203.0.113.7 - - [24/Nov/2026:10:54:48 +0000] \"GET /\" 400 157",
        "GET / HTTP/1.1"
      })
  void whatHoldsNoRequestLineIsTold(String line) throws Exception {
    assertThat(LoggedRequests.parse(line)).isNull();
  }

  @Test
  void whatTheFrontDoorRefusesIsTold() {
    assertThatThrownBy(() -> LoggedRequests.parse("\"CONNECT h:443 HTTP/1.1\" 405"))
        .isInstanceOf(HttpException.class);
  }

  @Test
  void anAddressIsAUserWhereNoTokenIsToBeSeen() throws Exception {
    String line = "203.0.113.7 - - \"GET /a HTTP/1.1\" 200 ";
    assertThat(authorization(line)).isEqualTo("Bearer syt_cb007107_log");
    assertThat(authorization(line + "\"Bearer syt_YWxpY2U_a_b\""))
        .isEqualTo("Bearer syt_YWxpY2U_a_b");
    assertThat(
            LoggedRequests.parse("\"GET /a?access_token=x HTTP/1.1\"")
                .head()
                .find(Field.AUTHORIZATION, 0))
        .isNegative();
  }

  private static String authorization(String line) throws HttpException {
    return LoggedRequests.parse(line).head().first("authorization");
  }

  @Test
  void linesAreReadWhateverTheirLengthAndEnd() throws Exception {
    Path file = directory.resolve("access.log");
    Files.writeString(file, "one\n\n" + "x".repeat(1_000_000) + "\nlast");

    try (LoggedRequests log = LoggedRequests.open(file)) {
      assertThat(log.next()).isEqualTo("one");
      assertThat(log.next()).isEmpty();
      assertThat(log.next()).hasSize(64 * 1024);
      assertThat(log.next()).isEqualTo("last");
      assertThat(log.next()).isNull();
      assertThat(log.percent()).isEqualTo(100);
    }
  }

  @Test
  void packedLinesAreRead() throws Exception {
    Path file = directory.resolve("access.log.1.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("one\ntwo\n".getBytes(UTF_8));
    }
    try (LoggedRequests log = LoggedRequests.open(file)) {
      assertThat(log.next()).isEqualTo("one");
      assertThat(log.next()).isEqualTo("two");
      assertThat(log.next()).isNull();
    }
  }
}
