// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;

/**
 * The outcome of a reload.
 *
 * @param routes how many routes serve from now on; 0 if the reload was refused
 * @param changes what differs from before: files, settings, workers; in words
 * @param nextStart keys of the settings that have changed and count at the next start only
 * @param error why it was refused, with file and line where there is one; null if it was not
 */
public record Reloaded(
    int routes, List<String> changes, List<String> nextStart, @Nullable String error) {
  static Reloaded refused(String error) {
    return new Reloaded(0, List.of(), List.of(), error);
  }

  /** What the reload could not change, one fault a setting. */
  public List<Fault> later() {
    return nextStart.stream()
        .map(
            key ->
                Fault.of(
                    Code.NEXT_START,
                    key,
                    key + " has changed; that takes effect at the next start"))
        .toList();
  }

  /** In one line, with what has changed. */
  public String text() {
    return routes
        + " routes serve from now on; "
        + (changes.isEmpty() ? "nothing has changed" : String.join("; ", changes));
  }
}
