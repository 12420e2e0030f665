// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.synapsegateway.http.Span;

class SliceTest {
  private final byte[] bytes = "xabcx".getBytes(StandardCharsets.US_ASCII);

  @Test
  void isWhatItsBytesAre() {
    Slice slice = Slice.of(bytes, 1, 4);

    assertThat(slice).isEqualTo(Slice.of("abc")).hasSameHashCodeAs(Slice.of("abc"));
    assertThat(slice).isEqualTo(Slice.of(bytes, Span.of(1, 4)));
    assertThat(slice).isNotEqualTo(Slice.of(bytes, 0, 3));
    assertThat(slice.text()).isEqualTo("abc");
    assertThat(slice.toArray()).containsExactly('a', 'b', 'c');
    assertThat(slice.part(1, 3)).isEqualTo(Slice.of("bc"));
  }

  @Test
  void isEmptyWhereARangeHasNoBytes() {
    assertThat(Slice.of(bytes, 3, 3)).isSameAs(Slice.EMPTY);
    assertThat(Slice.of(bytes, 4, 3)).isSameAs(Slice.EMPTY);
    assertThat(Slice.of(bytes, Span.EMPTY)).isSameAs(Slice.EMPTY);
  }

  @Test
  void findsBytesWithinItsRangeOnly() {
    Slice slice = Slice.of(bytes, 1, 4);

    assertThat(slice.indexOf('c', 0)).isEqualTo(2);
    assertThat(slice.indexOf('x', 0)).isEqualTo(-1);
    assertThat(slice.startsWith("abc")).isTrue();
    assertThat(slice.startsWith("abcx")).isFalse();
  }
}
