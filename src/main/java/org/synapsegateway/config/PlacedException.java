// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

/** A failure to create a part of a route, with the place of that part. */
final class PlacedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String place;

  /**
   * @param place file and line
   */
  PlacedException(String place, Exception cause) {
    super(cause);
    this.place = place;
  }

  String place() {
    return place;
  }
}
