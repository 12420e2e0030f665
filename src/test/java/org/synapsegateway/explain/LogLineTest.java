// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.http.Field;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.QueryArguments;

class LogLineTest {
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
          10.42.7.127:58106 [29/Jul/2025:00:42:10.600] in be/sync13 0/0/18259/0/46/18305 200 488 - - ---- 1/1/1/1/0 93/0 {h Element X/25.07.1 (Android 11; 9.9.9.9)} "GET /_matrix/client/v3/sync?since=s1 HTTP/1.1" | GET /_matrix/client/v3/sync?since=s1 | 10.42.7.127
          [2001:db8::7]:40112 [29/Jul/2025:00:42:11.200] fe be/srv 0/0/1/0/46/18305 200 488 - - ---- 1/1/1/1/0 0/0 "GET https://h/_matrix/x?since=s3 HTTP/2.0" | GET https://h/_matrix/x?since=s3 | 2001:db8:0:0:0:0:0:7
          2001:db8::7:4011 [29/Jul/2025:00:42:11.200] fe be/srv 0/0/1/0/46/18305 200 488 "GET /a HTTP/2.0" | GET /a | 2001:db8:0:0:0:0:0:7
          Jul 29 00:42:10 lb haproxy[12]: 198.51.100.9:40112 [29/Jul/2025:00:42:11.100] fe be/srv 0/0/1 200 "GET /a HTTP/1.1" | GET /a | 198.51.100.9
          203.0.113.7 - - [24/Nov/2026:10:54:48 +0000] "GET /a HTTP/1.1" 200 12 "-" "-" 7 "matrix@docker" "http://10.0.0.2:80" 3ms | GET /a | 203.0.113.7
          {"level":"info","request":{"remote_ip":"10.0.0.1","client_ip":"203.0.113.7","proto":"HTTP/2.0","method":"GET","host":"h","uri":"/a?b=c\\u0026d=e","headers":{"Authorization":["REDACTED"]}}} | GET /a?b=c&d=e | 203.0.113.7
          {"ClientAddr":"203.0.113.7:5","ClientHost":"203.0.113.7","RequestMethod":"PUT","RequestPath":"/a","RequestProtocol":"HTTP/2.0"} | PUT /a | 203.0.113.7
          {"time":"2026-11-24T10:54:48.1Z","client":"2001:db8::7","method":"GET","target":"/a\\u005cb","status":200} | GET /a\\b | 2001:db8:0:0:0:0:0:7
          {"remote_addr": "203.0.113.7", "request_method": "GET", "request_uri": "\\/a"} | GET /a | 203.0.113.7
          "GET /a\\x22b HTTP/1.1" 200 | GET /a"b | 192.0.2.1
          """)
  void aRequestIsFoundWhereverItStands(String line, String request, String client)
      throws Exception {
    LogLine.Entry entry = LogLine.parse(line);

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
    assertThat(LogLine.parse(line)).isNull();
  }

  @Test
  void whatTheFrontDoorRefusesIsTold() {
    assertThatThrownBy(() -> LogLine.parse("\"CONNECT h:443 HTTP/1.1\" 405"))
        .isInstanceOf(HttpException.class);
  }

  @Test
  void anAddressIsAUserWhereNoTokenIsToBeSeen() throws Exception {
    String line = "203.0.113.7 - - \"GET /a HTTP/1.1\" 200 ";
    assertThat(authorization(line)).isEqualTo("Bearer syt_cb007107_log");
    assertThat(authorization(line + "\"Bearer syt_YWxpY2U_a_b\""))
        .isEqualTo("Bearer syt_YWxpY2U_a_b");
    assertThat(
            LogLine.parse("\"GET /a?access_token=x HTTP/1.1\"").head().find(Field.AUTHORIZATION, 0))
        .isNegative();
  }

  private static String authorization(String line) throws HttpException {
    return LogLine.parse(line).head().first("authorization");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unix: - - [24/Nov/2026:10:54:48 +0000] \"GET /a HTTP/1.1\" 200 1 \"-\" \"Chrome/120.0.0.0\"",
        "[24/Nov/2026:10:54:48 +0000] \"GET /a HTTP/1.1\" 200",
        "unix:1 [29/Jul/2025:00:42:11.100] fe be/srv 0/0/1 200 \"GET /a HTTP/1.1\"",
        "{\"method\":\"GET\",\"uri\":\"/a\",\"client\":\"-\"}",
      })
  void aLineWithoutAddressSaysSo(String line) throws Exception {
    LogLine.Entry entry = LogLine.parse(line);
    assertThat(entry.hasClient()).isFalse();
    assertThat(entry.client()).isEqualTo(InetAddress.getByName("192.0.2.1"));
  }

  @Test
  void whatTheGatewaysOwnLogHidesIsStillThere() throws Exception {
    String line =
        "203.0.113.7 - - [24/Nov/2026:10:54:48 +0000] \"GET"
            + " /_matrix/client/v3/sync?access_token=#1a2b3c4d&since=#00112233 HTTP/1.1\" 200 1";
    RequestHead head = LogLine.parse(line).head();
    assertThat(head.path()).isEqualTo("/_matrix/client/v3/sync");
    assertThat(QueryArguments.first(head, "access_token").text()).isEqualTo("#1a2b3c4d");
    assertThat(QueryArguments.first(head, "since").text()).isEqualTo("#00112233");
    assertThat(authorization("\"GET /a HTTP/1.1\" 200 device=#1e14c552 first=0"))
        .isEqualTo("Bearer syt_1e14c552_log");
    assertThat(authorization("{\"method\":\"GET\",\"target\":\"/\",\"device\":\"#1e14c552\"}"))
        .isEqualTo("Bearer syt_1e14c552_log");
  }

  @Test
  void aHostileLineTakesLinearTime() throws Exception {
    for (String part : new String[] {"\"GET ", "1:", "[1:", "\"uri\":\"\\", "\"A", "#1234567"}) {
      assertThat(LogLine.parse(part.repeat(64 * 1024 / part.length()))).isNull();
    }
  }
}
