// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.management;

/**
 * The page at one path of the {@link Management} port. Called on the threads of its {@link Lane}.
 */
@FunctionalInterface
public interface Page {
  /**
   * Answers a request.
   *
   * @throws IllegalArgumentException if the question makes no sense; its message is the answer,
   *     with status 400
   */
  Answer answer(Question question);
}
