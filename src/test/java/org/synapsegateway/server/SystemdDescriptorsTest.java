// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SystemdDescriptorsTest {
  private static Descriptors passed(String pid, String count, String names) {
    return new Descriptors(
        Map.of("LISTEN_PID", pid, "LISTEN_FDS", count, "LISTEN_FDNAMES", names), 42);
  }

  @Test
  void descriptorsAreFoundByName() {
    Descriptors all = passed("42", "3", "https:http:https");
    assertThat(all.named("https")).containsExactly(3, 5);
    assertThat(all.named("http")).containsExactly(4);
    assertThatThrownBy(() -> all.named("web"))
        .hasMessageContainingAll("fd:web", "systemd has passed https, http, https");
    assertThat(new Descriptors(Map.of("LISTEN_PID", "42", "LISTEN_FDS", "1"), 42).named("unknown"))
        .as("older systemd names none")
        .hasSize(1);
  }

  @Test
  void thoseOfAnotherProcessAreNotTaken() {
    for (Descriptors none :
        new Descriptors[] {
          passed("41", "1", "https"),
          passed("42", "0", ""),
          passed("42", "x", "https"),
          new Descriptors(Map.of("LISTEN_FDS", "1"), 42)
        }) {
      assertThatThrownBy(() -> none.named("https"))
          .hasMessageContaining("systemd has passed no sockets");
    }
  }
}
