// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.synapse;

import java.util.List;

/**
 * Who writes a stream.
 *
 * @param writers names of processes
 * @param place where {@code stream_writers} says so
 */
public record Stream(String name, List<String> writers, Place place) {
  /** synapse/config/workers.py: those of which there is exactly one writer. */
  private static final List<String> SINGLE =
      List.of("typing", "to_device", "account_data", "presence", "push_rules");

  /** Those of which there may be several. */
  private static final List<String> SEVERAL =
      List.of(
          "events",
          "receipts",
          "device_lists",
          "thread_subscriptions",
          "quarantined_media_changes");

  boolean isKnown() {
    return SINGLE.contains(name) || SEVERAL.contains(name);
  }

  /** Whether Synapse refuses more than one writer. */
  boolean isSingle() {
    return SINGLE.contains(name);
  }
}
