// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import io.netty.util.concurrent.EventExecutor;
import java.util.function.Consumer;

/** The source of a list of workers. Only one question is open at a time. */
public interface MemberSource {
  /** The thread on which it is asked and answers. */
  EventExecutor loop();

  /**
   * Asks for the workers that are named now. Called on the loop.
   *
   * @param answer takes the answer, on the loop
   */
  void ask(Consumer<Answer> answer);
}
