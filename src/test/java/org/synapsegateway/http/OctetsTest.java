// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OctetsTest {
  @Test
  void everyByteIsFoundOrPassedInEveryPlaceOfAWord() {
    for (int value = 0; value < 256; value++) {
      for (int at = 0; at < 20; at++) {
        byte[] bytes = "an ordinary value\u00ff + 9".getBytes(StandardCharsets.ISO_8859_1);
        bytes[at] = (byte) value;
        assertSameAsByteByByte(bytes, 0, bytes.length);
      }
    }
  }

  @Test
  void anyBytesInAnyRangeAreScannedAsByteByByte() {
    Random random = new Random(1);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[random.nextInt(40)];
      for (int i = 0; i < bytes.length; i++) {
        // mostly allowed, or no scan would get far
        bytes[i] =
            (byte) (random.nextInt(12) == 0 ? random.nextInt(256) : 'a' + random.nextInt(26));
      }
      int start = random.nextInt(bytes.length + 1);
      assertSameAsByteByByte(bytes, start, start + random.nextInt(bytes.length - start + 1));
    }
  }

  private static void assertSameAsByteByByte(byte[] bytes, int start, int end) {
    int lineFeed = start;
    while (lineFeed < end && bytes[lineFeed] != '\n') {
      lineFeed++;
    }
    int valueEnd = start;
    while (valueEnd < end && Octets.isValue(bytes[valueEnd])) {
      valueEnd++;
    }
    assertThat(Octets.lineFeed(bytes, start, end)).isEqualTo(lineFeed);
    assertThat(Octets.valueEnd(bytes, start, end)).isEqualTo(valueEnd);
  }
}
