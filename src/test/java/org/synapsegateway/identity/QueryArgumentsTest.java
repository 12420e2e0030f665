// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.http.Span;

class QueryArgumentsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      nullValues = "-",
      value = {
        "/sync -",
        "/sync? -",
        "/sync?since=s1 s1",
        "/sync?a=1&since=s1&b=2 s1",
        "/sync?since=s1&since=s2 s1",
        "/sync?since=&since=s2 -",
        "/sync?since -",
        "/sync?since&since=s2 s2",
        "/sync?Since=s1 -",
        "/sync?xsince=s1 -",
        "/sync?sincex=s1 -",
        "/sync?since=a=b a=b",
        "/sync?since=a%26b a&b",
        "/sync?a;since=s1;b s1",
        "/sync?since=s1;2 s1",
        "/sync?%73ince=s1 s1",
        "/sync?sin%63e=s1 s1",
        "/sync?&&&since=s1 s1",
        "/sync?a?since=s1 -",
        "/since=x?b=since=s1 -",
      })
  void findsTheFirstArgumentAsTwistedDoes(String target, String value) {
    assertThat(QueryArguments.first(Heads.head(target), "since"))
        .isEqualTo(value == null ? Slice.EMPTY : Slice.of(value));
  }

  @Test
  void readsPlusAsASpace() {
    assertThat(QueryArguments.first(Heads.head("/x?a+b=c+d%2B"), "a b"))
        .isEqualTo(Slice.of("c d+"));
  }

  @Test
  void isNotWhatNginxDoes() {
    RequestHead head = Heads.head("/sync?a=1;since=s1&SINCE=s%32");

    assertThat(QueryArguments.first(head, "since").text()).isEqualTo("s1");
    assertThat(head.text(head.argument("since"))).isEqualTo("s%32");
  }

  @Test
  void readsAnyQueryAsAPlainReadingDoes() {
    Random random = new Random(2);
    for (int i = 0; i < 20_000; i++) {
      String query = Heads.random(random, 14, "&", ";", "=", "since", "s", "%73", "+", "%3D", "%");
      RequestHead head = Heads.head("/x?" + query);

      assertThat(QueryArguments.first(head, "since").text()).as(query).isEqualTo(plain(query));
      assertThat(Span.end(head.argument("since"))).isLessThanOrEqualTo(head.queryEnd());
    }
  }

  private static String plain(String query) {
    for (String item : query.split("[&;]", -1)) {
      int equals = item.indexOf('=');
      if (equals >= 0 && decoded(item.substring(0, equals)).equals("since")) {
        return decoded(item.substring(equals + 1));
      }
    }
    return "";
  }

  private static String decoded(String text) {
    return text.replace('+', ' ').replace("%73", "s").replace("%3D", "=");
  }
}
