// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PercentCodingTest {
  @ParameterizedTest
  @CsvSource({
    "plain, plain, plain",
    "%21a%3Ab, !a:b, !a:b",
    "%2f%2F, //, //",
    "a+b, a+b, a b",
    "%2B, +, +",
    "%2521, %21, %21",
    "%, %, %",
    "%2, %2, %2",
    "%zz%4, %zz%4, %zz%4",
    "%%41, %A, %A",
    "'', '', ''",
  })
  void decodesOnceAndLeavesBrokenEscapes(String encoded, String segment, String argument) {
    byte[] b = ("<" + encoded + ">").getBytes(StandardCharsets.ISO_8859_1);

    assertThat(PercentCoding.decodeSegment(b, 1, b.length - 1).text()).isEqualTo(segment);
    assertThat(PercentCoding.decodeArgument(b, 1, b.length - 1).text()).isEqualTo(argument);
    assertThat(PercentCoding.isArgument(b, 1, b.length - 1, argument)).isTrue();
    assertThat(PercentCoding.isArgument(b, 1, b.length - 1, argument + "x")).isFalse();
  }

  @Test
  void doesNotReadBehindTheEndForAnEscape() {
    byte[] b = "%41".getBytes(StandardCharsets.ISO_8859_1);

    assertThat(PercentCoding.decodeSegment(b, 0, 2).text()).isEqualTo("%4");
    assertThat(PercentCoding.decodeSegment(b, 0, 1).text()).isEqualTo("%");
    assertThat(PercentCoding.isArgument(b, 0, 2, "A")).isFalse();
  }

  @Test
  void copiesNothingWhereNothingIsEncoded() {
    byte[] b = "a+b".getBytes(StandardCharsets.ISO_8859_1);

    assertThat(PercentCoding.decodeSegment(b, 0, 3).array()).isSameAs(b);
  }

  @Test
  void decodesAnythingAsPythonDoes() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      String encoded = Heads.random(random, 12, "%", "2", "a", "F", "g", "+", "%41", "\u00e9");
      byte[] b = encoded.getBytes(StandardCharsets.ISO_8859_1);

      byte[] decoded = PercentCoding.decodeSegment(b, 0, b.length).toArray();

      assertThat(new String(decoded, StandardCharsets.ISO_8859_1))
          .as(encoded)
          .isEqualTo(unquote(encoded));
    }
  }

  /** Python's algorithm: part at percent signs, look at the two characters that follow each. */
  private static String unquote(String encoded) {
    String[] parts = encoded.split("%", -1);
    StringBuilder decoded = new StringBuilder(parts[0]);
    for (int i = 1; i < parts.length; i++) {
      String part = parts[i];
      boolean escape = part.matches("[0-9a-fA-F]{2}.*");
      decoded.append(
          escape
              ? (char) Integer.parseInt(part.substring(0, 2), 16) + part.substring(2)
              : "%" + part);
    }
    return decoded.toString();
  }
}
