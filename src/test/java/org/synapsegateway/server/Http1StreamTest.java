// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.http.HeadLimits;
import org.synapsegateway.http.HeadWriter;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;

class Http1StreamTest {
  private static RequestHead asked(String version, String connection) throws HttpException {
    String field = connection.isEmpty() ? "" : "Connection: " + connection + "\r\n";
    String text = "GET / HTTP/" + version + "\r\nHost: h\r\n" + field + "\r\n";
    RequestHead head = new RequestHead();
    assertThat(
            head.read(
                Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1),
                new HeadLimits(1024, 1024)))
        .isTrue();
    return head;
  }

  /** Each row that closes differs from one that does not in one thing. */
  @ParameterizedTest
  @CsvSource({
    "1.1, '',         true,  true,  false, PERSISTS",
    "1.1, keep-alive, true,  true,  false, PERSISTS",
    "1.1, close,      true,  true,  false, CLOSE",
    "1.1, '',         false, true,  false, CLOSE",
    "1.1, '',         true,  false, false, CLOSE",
    "1.1, '',         true,  true,  true,  CLOSE",
    "1.0, keep-alive, true,  true,  false, KEEP_ALIVE",
    "1.0, '',         true,  true,  false, CLOSE",
    "1.0, keep-alive, false, true,  false, CLOSE",
    "1.0, keep-alive, true,  false, false, CLOSE",
    "1.0, keep-alive, true,  true,  true,  CLOSE",
  })
  void connectionPersistsIfNothingSpeaksAgainstIt(
      String version,
      String connection,
      boolean whole,
      boolean framed,
      boolean closing,
      HeadWriter.Connection expected)
      throws HttpException {
    assertThat(Http1Stream.fate(asked(version, connection), whole, framed, closing))
        .isEqualTo(expected);
  }
}
