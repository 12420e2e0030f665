// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.whoami;

import java.util.Locale;

/** The outcome of a search for the user of a token that does not name it. */
public enum LookUp {
  /** It was known already. */
  HIT,
  /** Synapse was asked. */
  ASKED,
  /** Another request had asked Synapse, whose answer was awaited. */
  JOINED,
  /** Too many questions were under way. */
  SKIPPED,
  /** The client, or all together, had asked too often. */
  LIMITED,
  /** A reply on its way to a client named the user. */
  LEARNED;

  private final String tag = name().toLowerCase(Locale.ROOT);

  /** The name in metrics. */
  public String tag() {
    return tag;
  }
}
