// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.Set;

/**
 * What nginx does with a request. Immutable.
 *
 * @param server where the server block stands that takes it; null if it comes to none
 * @param location the location that takes it, with its place; null if it comes to none
 * @param target who it is sent to; null if it is not sent on
 * @param uri the request target as it is sent; null if it is not sent on
 * @param key what the upstream hashes; null if it goes by no key, or by one that is not known
 * @param status what nginx itself answers; 0 if it does not
 * @param bodyMax the largest body in bytes; 0 for any
 * @param readTimeout how long nginx waits for the reply, in milliseconds
 * @param reads the variables that the decision looked at
 * @param doubt for what cannot be told, the directive that is to blame, with its place
 */
public record Decision(
    Kind kind,
    Place server,
    String location,
    Target target,
    String uri,
    String key,
    int status,
    long bodyMax,
    long readTimeout,
    Set<String> reads,
    String doubt) {

  /** What becomes of a request. */
  public enum Kind {
    /** It is sent to an upstream by HTTP. */
    SENT,
    /** nginx answers with a status. */
    ANSWERED,
    /** nginx answers with a file, or sends it on by another protocol than HTTP. */
    OTHER,
    /** It cannot be told. */
    UNKNOWN
  }

  /** In a few words, for people. */
  public String outcome() {
    return switch (kind) {
      case SENT -> target.name();
      case ANSWERED -> status == 444 ? "closes" : "answers " + status;
      case OTHER -> doubt;
      case UNKNOWN -> "cannot tell";
    };
  }
}
