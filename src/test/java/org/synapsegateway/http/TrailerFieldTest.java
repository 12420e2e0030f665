// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrailerFieldTest {
  private static boolean goesOn(String name) {
    byte[] bytes = ("x" + name + ": 1").getBytes(StandardCharsets.ISO_8859_1);
    return TrailerField.goesOn(bytes, 1, 1 + name.length());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ETag",
        "etag",
        "Content-Digest",
        "Repr-Digest",
        "Server-Timing",
        "Authentication-Info",
        "X-Sum",
        "X-Checksum-Sha256",
        "X-Other",
        "T",
        "Grpc-Status",
      })
  void whatIsMeantForTrailersOrForNothingGoesOn(String name) {
    assertThat(goesOn(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding",
        "Content-Length",
        "Host",
        "Connection",
        "Keep-Alive",
        "TE",
        "Trailer",
        "Upgrade",
        "Via",
        "Forwarded",
        "X-Forwarded-For",
        "x_forwarded_for",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Real-IP",
        "True-Client-IP",
        "CF-Connecting-IP",
        "X-Original-URL",
        "X-Rewrite-URL",
        "X-HTTP-Method-Override",
        "X-Request-Id",
        "X-Correlation-ID",
        "Traceparent",
        "Authorization",
        "Proxy-Authorization",
        "WWW-Authenticate",
        "Cookie",
        "Set-Cookie",
        "SET-COOKIE",
        "X-CSRF-Token",
        "X-Api-Key",
        "User-Agent",
        "Referer",
        "Origin",
        "Content-Type",
        "Content-Encoding",
        "Content-Range",
        "Content-Disposition",
        "Content-Location",
        "Content-Security-Policy",
        "Access-Control-Allow-Origin",
        "Strict-Transport-Security",
        "X-Frame-Options",
        "Cache-Control",
        "Pragma",
        "Expires",
        "Age",
        "Date",
        "Vary",
        "Location",
        "Retry-After",
        "Warning",
        "Range",
        "If-Match",
        "If-None-Match",
        "If-Modified-Since",
        "If-Range",
        "Accept",
        "Accept-Language",
        "Max-Forwards",
        "Expect",
        "Server",
        "Allow",
        "Sec-Fetch-Site",
        "Clear-Site-Data",
        "Last-Modified",
        "Last-Event-ID",
        "X-Accel-Redirect",
        "X-Matrix-Origin",
        "Synapse-Trace-Id",
      })
  void whatMeansSomethingInAHeadStaysBehind(String name) {
    assertThat(goesOn(name)).isFalse();
  }
}
