// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.synapsegateway.routing.Samples;

class RequestLineTest {
  private static RequestLine line(String text) {
    return RequestLine.of(text).get(0);
  }

  @Test
  void samplesTakeEachAlternativeOnce() {
    assertThat(line("GET|PUT ^/_matrix/client/(r0|v3)/rooms/[^/]+/state(/[^/]+)?$").samples())
        .containsExactlyInAnyOrder(
            "GET /_matrix/client/r0/rooms/x/state",
            "GET /_matrix/client/r0/rooms/x/state/x",
            "GET /_matrix/client/v3/rooms/x/state",
            "GET /_matrix/client/v3/rooms/x/state/x",
            "HEAD /_matrix/client/r0/rooms/x/state",
            "HEAD /_matrix/client/r0/rooms/x/state/x",
            "HEAD /_matrix/client/v3/rooms/x/state",
            "HEAD /_matrix/client/v3/rooms/x/state/x",
            "PUT /_matrix/client/r0/rooms/x/state",
            "PUT /_matrix/client/r0/rooms/x/state/x",
            "PUT /_matrix/client/v3/rooms/x/state",
            "PUT /_matrix/client/v3/rooms/x/state/x");
  }

  @Test
  void aLineWithoutMethodIsSampledAsGet() {
    assertThat(line("^/a/.*/b").samples()).containsExactly("GET /a/x/b");
  }

  @Test
  void samplesAreNotMoreThanAnybodyReads() {
    String alternatives = "(" + "(a?b?c?d?e?f?g?h?)|".repeat(2_000) + "x)";

    assertThat(line("^/" + alternatives.repeat(3)).samples()).hasSize(256);
  }

  @Test
  void samplesAreOfTheLine() throws Exception {
    for (String text : Samples.documentedLines()) {
      RequestLine line = line(text);
      assertThat(line.samples())
          .as(text)
          .isNotEmpty()
          .allMatch(
              sample -> {
                List<String> parts = List.of(sample.split(" ", 2));
                return line.matches(Samples.head(parts.get(0), parts.get(1)));
              });
    }
  }

  @Test
  void linesDecideEachForItself() {
    List<RequestLine> lines = RequestLine.of("# comment\nGET ^/a$\nPUT ^/b");

    assertThat(lines).extracting(RequestLine::number).containsExactly(2, 3);
    assertThat(lines).extracting(RequestLine::text).containsExactly("GET ^/a$", "PUT ^/b");
    assertThat(lines)
        .extracting(l -> l.matches(Samples.head("PUT", "/bc")))
        .containsExactly(false, true);
    assertThat(lines)
        .extracting(l -> l.matches(Samples.head("HEAD", "/a")))
        .containsExactly(true, false);
  }
}
