// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.wire;

import java.io.IOException;

/** A peer sent what is not HTTP/1.1 to the letter. */
public final class MalformedException extends IOException {
  private static final long serialVersionUID = 1L;

  MalformedException(String message) {
    super(message);
  }
}
