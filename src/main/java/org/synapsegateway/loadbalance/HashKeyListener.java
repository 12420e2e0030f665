// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import org.apache.camel.Exchange;
import org.synapsegateway.identity.Slice;

/** Learns the key of each request. A shared service, which only the dry run has. */
@FunctionalInterface
public interface HashKeyListener {
  /**
   * A request is about to go to the first worker of a block.
   *
   * @param key its key, which may be a secret; empty if the workers are chosen in turn
   */
  void found(ConsistentHash block, Exchange exchange, Slice key);
}
