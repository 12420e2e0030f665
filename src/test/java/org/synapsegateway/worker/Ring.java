// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

/** Steps that balance a test's requests over its workers, in the order in which they are listed. */
final class Ring {
  private Ring() {}

  /**
   * A block of these workers. The requests have no key, so they go to the workers in turn, from the
   * first on.
   *
   * @param options the options of each worker's URI, with their question mark
   */
  static String of(String options, String... workers) {
    StringBuilder steps =
        new StringBuilder(
            """
            - loadBalance:
                customLoadBalancer:
                  ref: "#class:org.synapsegateway.loadbalance.ConsistentHash"
                steps:
            """);
    for (String worker : workers) {
      steps.append("      - to: worker:").append(worker).append(options).append('\n');
    }
    return steps.toString();
  }
}
