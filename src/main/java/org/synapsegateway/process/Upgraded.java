// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

/**
 * The outcome of an upgrade.
 *
 * @param process the number of the process that serves from now on
 * @param before the number of the one that has served until then
 * @param connections how many connections the latter still serves
 */
public record Upgraded(long process, long before, int connections) {
  /** In one line. */
  public String text() {
    return "process %d serves from now on; process %d ends with the last of its %d connections"
        .formatted(process, before, connections);
  }
}
