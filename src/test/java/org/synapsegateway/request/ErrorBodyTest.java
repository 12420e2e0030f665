// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.http.HeadLimits;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.ReplyHead;

class ErrorBodyTest {
  private static final String UNRECOGNIZED =
      "{\"errcode\":\"M_UNRECOGNIZED\",\"error\":\"Unrecognized request\"}";

  private static ErrorBody of(int status, String fields) throws HttpException {
    ReplyHead head = new ReplyHead();
    head.answers("GET");
    String text = "HTTP/1.1 " + status + " x\r\n" + fields + "\r\n";
    head.read(
        Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1), new HeadLimits(1000, 10_000));
    return ErrorBody.of(head);
  }

  private static byte[] coded(String coding, byte[] plain) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        switch (coding) {
          case "gzip", "X-GZIP" -> new GZIPOutputStream(bytes);
          case "deflate" -> new DeflaterOutputStream(bytes);
          default -> bytes;
        }) {
      out.write(plain);
    }
    return bytes.toByteArray();
  }

  private static boolean isUnrecognized(String coding, byte[] body, int... cuts) throws Exception {
    ErrorBody looked = of(404, "Content-Encoding: " + coding + "\r\n");
    int from = 0;
    for (int cut : cuts) {
      looked.add(Unpooled.wrappedBuffer(body, from, cut - from));
      from = cut;
    }
    looked.add(Unpooled.wrappedBuffer(body, from, body.length - from));
    return looked.isUnrecognized();
  }

  @ParameterizedTest
  @ValueSource(strings = {"identity", "gzip", "X-GZIP", "deflate"})
  void theCodeIsFoundHoweverTheBodyIsCodedAndCut(String coding) throws Exception {
    byte[] body = coded(coding, UNRECOGNIZED.getBytes(StandardCharsets.UTF_8));
    for (int one = 0; one <= body.length; one++) {
      for (int two = one; two <= body.length; two++) {
        assertThat(isUnrecognized(coding, body, one, two)).isTrue();
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"errcode\": \"M_UNRECOGNIZED\"} | true",
        "{\"error\":\"x\",\"errcode\"\t:\t\"M_UNRECOGNIZED\"} | true",
        "{\"errcode\":\"M_NOT_FOUND\",\"error\":\"M_UNRECOGNIZED\"} | false",
        "{\"errcode\":\"M_FORBIDDEN\",\"error\":\"say \\\"errcode\\\":\\\"M_UNRECOGNIZED\\\"\"} | false",
        "{\"errcode\":\"M_UNRECOGNIZED_X\"} | false",
      })
  void onlyTheErrorsCodeCounts(String body, boolean unrecognized) throws Exception {
    for (String coding : new String[] {"identity", "gzip"}) {
      byte[] bytes = coded(coding, body.getBytes(StandardCharsets.UTF_8));
      assertThat(isUnrecognized(coding, bytes)).isEqualTo(unrecognized);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "404,'',true",
    "405,'Transfer-Encoding: chunked\r\n',true",
    "400,'Content-Length: 1024\r\n',true",
    "400,'Content-Length: 1025\r\n',false",
    "200,'',false",
    "403,'',false",
    "502,'',false",
    "304,'',false",
  })
  void onlySmallErrorsOfRoutingAreLookedAt(int status, String fields, boolean looked)
      throws Exception {
    assertThat(of(status, fields) != null).isEqualTo(looked);
  }

  @Test
  void whatIsNotWhatItSaysTellsNothing() throws Exception {
    byte[] noise = new byte[100_000];
    new Random(1).nextBytes(noise);
    for (String coding : new String[] {"gzip", "deflate", "br", "identity"}) {
      assertThat(isUnrecognized(coding, noise)).isFalse();
      assertThat(isUnrecognized(coding, new byte[0])).isFalse();
    }
    byte[] bomb = coded("gzip", new byte[10_000_000]);
    assertThat(isUnrecognized("gzip", bomb)).isFalse();
    byte[] text = (UNRECOGNIZED + " ".repeat(100_000)).getBytes(StandardCharsets.UTF_8);
    assertThat(isUnrecognized("identity", text)).isTrue();
  }
}
