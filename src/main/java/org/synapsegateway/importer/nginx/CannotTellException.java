// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

/** The decision depends on something that is not understood; the message names it. */
final class CannotTellException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CannotTellException(Directive blamed, String why) {
    super(blamed.name() + " (" + blamed.place() + ")" + (why.isEmpty() ? "" : ": " + why));
  }
}
