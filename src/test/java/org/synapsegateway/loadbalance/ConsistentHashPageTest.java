// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/reference/consistent-hash.md has the defaults of {@link ConsistentHash}, and every key. */
class ConsistentHashPageTest {
  private final String page = Files.readString(Path.of("docs/reference/consistent-hash.md"));

  ConsistentHashPageTest() throws IOException {}

  @Test
  void thePageHasTheDefaults() {
    ConsistentHash defaults = new ConsistentHash();
    assertThat(page)
        .contains(
            "| `key` | `%s` |".formatted(defaults.getKey()),
            "| `points` | `%d` |".formatted(defaults.getPoints()),
            "| `balanceFactor` | `%.0f` |".formatted(defaults.getBalanceFactor()),
            "| `fallback` | `%b` |".formatted(defaults.isFallback()));
  }

  @Test
  void thePageHasEachKey() {
    String keys = page.substring(page.indexOf("## Keys"), page.indexOf("## The ring"));
    assertThat(HashKey.NAMES.keySet())
        .allSatisfy(name -> assertThat(keys).containsPattern("(?m)^\\| [^|]*`" + name + "`"));
  }
}
