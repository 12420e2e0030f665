// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.util.List;
import java.util.Set;
import org.synapsegateway.importer.synapse.Site;

/** What an existing proxy does: whom it sends the requests of a group to. */
public interface Preference {
  /** A site without one that is known. */
  Preference NONE = group -> List.of();

  /** Where the request lines of a group lead, those with most lines first; empty if nowhere. */
  List<Share> shares(RouteGroup group);

  /** The addresses that it sends requests to, as it writes them. */
  default Set<String> servers() {
    return Set.of();
  }

  /** What the gateway takes over from it beside who serves what. */
  default Takeover takeover(Site site) {
    return Takeover.NONE;
  }

  /**
   * One place to which lines of a group lead.
   *
   * @param servers as nginx writes them, for example {@code unix:/run/matrix-synapse/sync1.sock}
   * @param lines how many of the group's lines lead there
   * @param where file and line that say so
   */
  record Share(List<String> servers, int lines, String where) {}
}
