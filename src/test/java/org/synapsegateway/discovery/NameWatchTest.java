// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;

class NameWatchTest {
  private static final String HOST = "sync-0.sync.test";

  @Test
  void aListenerThatFailsEndsNoWatch() {
    try (DnsServer dns = new DnsServer();
        Names names = Names.from(dns.address())) {
      dns.tell(HOST, "127.0.1.1");
      NameWatch watch =
          names.watch(
              HOST,
              () -> true,
              (before, now) -> {
                throw new IllegalStateException("the listener fails");
              },
              new SourceStates().host(HOST));
      watch.begin();
      await().until(() -> dns.questions(HOST) > 2); // A and AAAA, and then again
      assertThat(watch.isAnswered()).isTrue();
      assertThat(watch.addresses()).hasSize(1);
    }
  }
}
