// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.synapsegateway.importer.synapse.Site;

/** The proxy that serves the site now, and which servers it sends the requests of a group to. */
public interface ExistingProxy {
  /** A site without one that is known. */
  ExistingProxy NONE = group -> List.of();

  /** Where the request lines of a group lead, those with most lines first; empty if nowhere. */
  List<Share> shares(RouteGroup group);

  /** The addresses that it sends requests to, as it writes them. */
  default Set<String> servers() {
    return Set.of();
  }

  /** The TCP ports at which it listens, as far as they are known. */
  default Set<Integer> ports() {
    return Set.of();
  }

  /**
   * What moves to the gateway beside who serves what.
   *
   * @param port the gateway's; nothing if it is not known
   */
  default Migration migration(Site site, OptionalInt port) {
    return Migration.NONE;
  }

  /**
   * One place to which lines of a group lead.
   *
   * @param servers in nginx's words, for example {@code unix:/run/matrix-synapse/sync1.sock}
   * @param lines how many of the group's lines lead there
   * @param where file and line that say so
   */
  record Share(List<String> servers, int lines, String where) {
    /** Those to the same servers as one, the largest first. */
    static List<Share> summed(List<Share> shares) {
      Map<List<String>, Share> sums = new LinkedHashMap<>();
      shares.forEach(
          share ->
              sums.merge(
                  share.servers,
                  share,
                  (sum, one) -> new Share(sum.servers, sum.lines + one.lines, sum.where)));
      return sums.values().stream()
          .sorted(Comparator.comparingInt(Share::lines).reversed())
          .toList();
    }
  }
}
