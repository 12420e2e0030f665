// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import java.io.IOException;

/**
 * This process, or the machine, has no descriptor left for one more connection. It says nothing
 * about the worker.
 */
final class OutOfDescriptorsException extends IOException {
  private static final long serialVersionUID = 1;

  OutOfDescriptorsException() {
    super("no descriptor is left to connect with");
  }
}
