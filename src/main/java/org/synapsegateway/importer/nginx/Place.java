// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

/**
 * Where something stands in a configuration.
 *
 * @param line from 1
 */
public record Place(String file, int line) {
  @Override
  public String toString() {
    return file + ":" + line;
  }
}
