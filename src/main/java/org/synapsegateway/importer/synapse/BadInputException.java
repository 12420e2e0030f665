// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.synapse;

/**
 * Why an import cannot be: one line, with its place and how to mend it. It has no value of a key.
 */
public final class BadInputException extends RuntimeException {
  public BadInputException(String message) {
    super(message);
  }

  BadInputException(Place place, String message) {
    super(place + ": " + message);
  }
}
