// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http2.Http2Exception;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.http.HttpException;

class TrailerSectionTest {
  private final TrailerSection section = new TrailerSection();
  private final SectionDecoder decoder = new SectionDecoder(8 * 1024, stream -> section);

  private String read(String... fields) throws HttpException, Http2Exception {
    section.begin();
    decoder.decodeHeaders(1, new HpackBlock().fields(fields).bytes());
    return section.end();
  }

  @Test
  void whatMayGoOnGoesOnAndTheRestStaysBehind() throws HttpException, Http2Exception {
    assertThat(read()).isNull();
    assertThat(read("x-sum=1", "content-length=5", "authorization=x", "etag=\"a\""))
        .isEqualTo("x-sum: 1\r\netag: \"a\"\r\n");
    assertThat(read("host=evil", "x-forwarded-for=1.2.3.4")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ":path=/",
        ":status=200",
        "X-Sum=1",
        "x-sum=a\r\nb: c",
        "x-sum=a\0",
        "x-sum= a",
        "x sum=a",
        "x:y=a",
        "=a",
        "transfer-encoding=chunked",
        "connection=close",
        "te=gzip",
      })
  void malformedTrailersAreRefused(String field) {
    assertThatThrownBy(() -> read("x-sum=1", field, "x-other=2")).isInstanceOf(HttpException.class);
  }

  @Test
  void manyAreRefused() {
    assertThatThrownBy(() -> read("x-sum=" + "v".repeat(4 * 1024)))
        .isInstanceOf(HttpException.class);
    assertThatThrownBy(() -> read("x-sum=" + "v".repeat(9 * 1024)))
        .isInstanceOf(HttpException.class);
  }
}
