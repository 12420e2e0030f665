// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.synapsegateway.LogCapture;

class FailureLogTest {
  @Test
  void ofManyFailuresInASecondOneHasItsTrace() {
    AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5); // nanoTime may wrap
    FailureLog failures = new FailureLog(clock::get);
    try (LogCapture log = LogCapture.of(FailureLog.class)) {
      for (int i = 0; i < 1000; i++) {
        IllegalStateException failed = new IllegalStateException("no " + i);
        if (i % 2 == 0) {
          failures.error("A route failed", failed);
        } else {
          failures.warn("A tap failed", failed);
        }
      }
      assertThat(log.causes()).containsExactly("no 0");
      assertThat(log.messages())
          .hasSize(1000)
          .startsWith("A route failed", "A tap failed: java.lang.IllegalStateException: no 1");

      clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
      failures.error("A route failed", new IllegalStateException("again"));
      assertThat(log.causes()).containsExactly("no 0", "again");
    }
  }
}
