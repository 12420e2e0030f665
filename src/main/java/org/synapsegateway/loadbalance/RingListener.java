// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

/** Learns when a list of workers has changed a ring; one of the shared services. */
@FunctionalInterface
public interface RingListener {
  /** The members of a ring have changed. Called on any thread, after the new ring serves. */
  void changed();
}
