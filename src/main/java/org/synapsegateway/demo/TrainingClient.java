// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.demo;

import java.io.IOException;

/** A client of a {@link Training}. */
interface TrainingClient {
  /**
   * Asks until a moment of {@link System#nanoTime}; returns how many replies came.
   *
   * @throws IOException if one did not come
   */
  int askUntil(long end) throws IOException;
}
