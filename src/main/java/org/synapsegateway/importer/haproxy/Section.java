// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.haproxy;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A frontend, backend or listen section.
 *
 * @param head the line that begins it
 * @param lines those below it
 * @param defaults what counts where it says nothing; null without one
 */
record Section(Line head, List<Line> lines, @Nullable Section defaults) {
  String name() {
    return head.word(1);
  }

  boolean is(String kind) {
    return head.keyword().equals(kind);
  }

  Stream<Line> all(String keyword) {
    return lines.stream().filter(line -> line.keyword().equals(keyword));
  }

  /** The last line that begins with these words, of its own or of its defaults. */
  Optional<Line> last(String... words) {
    return lines.stream()
        .filter(line -> line.words().size() >= words.length)
        .filter(line -> line.words().subList(0, words.length).equals(List.of(words)))
        .reduce((first, second) -> second)
        .or(() -> Optional.ofNullable(defaults).flatMap(given -> given.last(words)));
  }

  boolean isHttp() {
    return last("mode").filter(line -> line.word(1).equals("http")).isPresent();
  }
}
