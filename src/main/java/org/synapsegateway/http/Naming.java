// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import java.util.Locale;

/** How the gateway knows a request's client. */
public enum Naming {
  /** The peer is the client, as far as anybody can see. */
  ITSELF(true),
  /** A trusted proxy names it. */
  NAMED(true),
  /** A trusted proxy names it, and it sends forwarding fields itself: perhaps a proxy. */
  RELAYED(true),
  /** The peer is a trusted proxy and says nothing of a client, so it counts as the client. */
  MISSING(true),
  /** A trusted proxy forwards, but names its client in no way that can be read. */
  UNREADABLE(false),
  /** The peer forwards for it, and is no trusted proxy. */
  UNTRUSTED(false);

  private final boolean mayBePrivate;

  Naming(boolean mayBePrivate) {
    this.mayBePrivate = mayBePrivate;
  }

  /** Whether the client's address is its own, so that it may be a private client's. */
  public boolean mayBePrivate() {
    return mayBePrivate;
  }

  /** As metrics have it. */
  public String tag() {
    return name().toLowerCase(Locale.ROOT);
  }
}
