// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.whoami;

import java.util.Locale;

/** How it went to find the user of a token that does not name it. */
public enum LookUp {
  /** It was known from before. */
  HIT,
  /** Synapse was asked. */
  ASKED,
  /** Synapse was being asked already. */
  JOINED,
  /** Too many questions were under way. */
  SKIPPED,
  /** The client, or all together, had asked too often. */
  LIMITED,
  /** A reply that passed by has told it. */
  LEARNED;

  private final String tag = name().toLowerCase(Locale.ROOT);

  /** The name in metrics. */
  public String tag() {
    return tag;
  }
}
