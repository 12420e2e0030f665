// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.DefaultEventExecutor;
import org.junit.jupiter.api.Test;

class ExecutorThreadTest {
  /** Without the wait for the thread, it is alive after some of the ends. */
  @Test
  void theThreadHasEndedWithItsExecutor() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      ExecutorThread thread = new ExecutorThread("ends");
      DefaultEventExecutor executor = new DefaultEventExecutor(thread);
      Thread ends = executor.submit(Thread::currentThread).get();
      thread.end(executor, 10_000);
      assertThat(ends.isAlive()).isFalse();
    }
  }
}
