// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.fault.Fault;

/** Thrown if a gateway cannot be asked, for a reason that has a code. */
final class FaultyAnswer extends IOException {
  private static final long serialVersionUID = 1;

  private final transient Fault fault;

  FaultyAnswer(Fault fault, @Nullable Throwable cause) {
    super(fault.toString(), cause);
    this.fault = fault;
  }

  Fault fault() {
    return fault;
  }
}
