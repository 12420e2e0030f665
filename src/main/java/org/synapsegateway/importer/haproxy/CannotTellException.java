// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.haproxy;

/** The decision depends on something that is not understood; the message names it. */
final class CannotTellException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CannotTellException(Line blamed, String why) {
    super(blamed.keyword() + " (" + blamed + "): " + why);
  }
}
