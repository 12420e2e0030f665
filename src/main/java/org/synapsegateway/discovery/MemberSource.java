// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import io.netty.util.concurrent.EventExecutor;
import java.util.function.Consumer;

/** Where a list of workers comes from. Its questions are asked one after the other. */
public interface MemberSource {
  /** The thread on which it is asked and answers. */
  EventExecutor loop();

  /**
   * Asks who is named now. Called on the loop.
   *
   * @param answer takes the answer, on the loop
   */
  void ask(Consumer<Answer> answer);
}
