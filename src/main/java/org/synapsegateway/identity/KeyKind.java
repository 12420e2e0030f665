// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import java.util.Locale;

/** What a request is balanced by; if it is the user, the kind of token that names the user. */
public enum KeyKind {
  /** Nothing: its group has one worker, or it has no key and the workers come in turn. */
  NONE,
  /** A token of Synapse's own, which names its user. */
  SYT,
  /** A token of the Matrix Authentication Service. */
  MAS,
  /** A guest's token. */
  GUEST,
  /** A token of any other kind. */
  OPAQUE,
  /** The user for whom an application service acts. */
  APPSERVICE,
  ROOM,
  MEDIA,
  ORIGIN,
  ADDRESS,
  PATH,
  /** An expression that a route has. */
  EXPRESSION;

  private final String tag = name().toLowerCase(Locale.ROOT);

  /** The name of this kind in metrics and logs. */
  public String tag() {
    return tag;
  }

  /** Whether the key is a user. */
  public boolean isUser() {
    return this != NONE && compareTo(APPSERVICE) <= 0;
  }
}
