// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.util.ArrayList;
import java.util.List;

/** An exception with its causes. */
public final class Causes {
  /** An exception may be the cause of its own cause. */
  private static final int MAX = 100;

  private Causes() {}

  /** From the outermost exception to the innermost. */
  public static List<Throwable> of(Throwable thrown) {
    List<Throwable> causes = new ArrayList<>();
    try {
      for (Throwable cause = thrown;
          cause != null && causes.size() < MAX;
          cause = cause.getCause()) {
        causes.add(cause);
      }
    } catch (RuntimeException e) {
      causes.add(e); // an exception of a class of an admin's own may fail in this too
    }
    return causes;
  }
}
