// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** What a real nginx did; {@code src/test/nginx/record-vectors} says how it was asked. */
final class Vectors {
  /** A key, and what nginx chose for it. */
  record Row(String key, String choice) {
    byte[] bytes() {
      return key.getBytes(UTF_8);
    }
  }

  private Vectors() {}

  static List<Row> read(String name) throws IOException {
    try (InputStream in = Vectors.class.getResourceAsStream("/vectors/" + name + ".tsv")) {
      return new String(in.readAllBytes(), UTF_8)
          .lines()
          .map(line -> line.split("\t", -1))
          .map(columns -> new Row(columns[0], columns[1]))
          .toList();
    }
  }
}
