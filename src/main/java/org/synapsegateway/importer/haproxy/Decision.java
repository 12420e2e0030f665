// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.haproxy;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What HAProxy does with a request.
 *
 * @param where file and line of what decides
 * @param backend who it is sent to; null if HAProxy answers, or if it cannot be told
 * @param doubt the directive that is to blame if it cannot be told, with its place; null if it can
 */
public record Decision(String where, @Nullable Backend backend, @Nullable String doubt) {
  public boolean isSent() {
    return backend != null;
  }

  /** Who a request is sent to that is sent on. */
  @Override
  public Backend backend() {
    return Objects.requireNonNull(backend, "sent nowhere");
  }

  /** The same, which something that is not known may change; what it is unless it says already. */
  public Decision doubted(String why) {
    return doubt == null ? new Decision(where, null, where + ": " + why) : this;
  }

  /** In a few words, for people. */
  public String outcome() {
    return doubt != null ? "cannot tell" : backend == null ? "answers" : backend.name();
  }
}
