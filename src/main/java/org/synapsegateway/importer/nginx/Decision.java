// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
    @Nullable String location,
    @Nullable Target target,
    @Nullable String uri,
    @Nullable String key,
    int status,
    long bodyMax,
    long readTimeout,
    Set<String> reads,
    @Nullable String doubt) {

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

  /** Who a request is sent to that is sent on. */
  @Override
  public Target target() {
    return Objects.requireNonNull(target, "sent nowhere");
  }

  /** The request target as it is sent, of a request that is sent on. */
  @Override
  public String uri() {
    return Objects.requireNonNull(uri, "sent nowhere");
  }

  /** The directive that is to blame if it cannot be told; else what nginx answers with. */
  @Override
  public String doubt() {
    return Objects.requireNonNull(doubt, "without doubt");
  }

  /** In a few words, for people. */
  public String outcome() {
    return switch (kind) {
      case SENT -> target().name();
      case ANSWERED -> status == 444 ? "closes" : "answers " + status;
      case OTHER -> doubt();
      case UNKNOWN -> "cannot tell";
    };
  }
}
