// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

/** Is told when a list of workers has changed a ring; one of the shared services. */
@FunctionalInterface
public interface RingListener {
  /** The members of a ring are others. Called on whatever thread, after the ring serves. */
  void changed();
}
