// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.explain.TextTable;
import org.synapsegateway.fleet.Ring;
import org.synapsegateway.loadbalance.HashRing.Member;
import org.synapsegateway.loadbalance.RingChange;

/**
 * The rings of several gateways beside those of the first: who has other members, and for how many
 * of the keys that means another worker.
 */
final class RingComparison {
  /**
   * A group's ring at one gateway.
   *
   * @param digest null if the gateway has no such group
   * @param more the members that it has and the first gateway has not
   * @param less the members that it has not
   * @param elsewhere the part of the keys that it sends to other workers, from 0 to 1
   */
  record Row(
      String group,
      String gateway,
      @Nullable String digest,
      List<String> more,
      List<String> less,
      double elsewhere) {}

  private final List<Row> rows = new ArrayList<>();

  /**
   * Asks gateways, and prints what they say; returns the exit status.
   *
   * @param first where one of them is at least
   * @param names where others are, as these may follow the first, and the groups that count
   */
  static int run(List<String> first, Set<String> names, Output output) {
    List<String> places = new ArrayList<>(first);
    Set<String> groups = new TreeSet<>();
    for (String name : names) {
      (Gateways.isPlace(name) ? places : groups).add(name);
    }
    try {
      Map<String, ManagementClient> gateways = Gateways.at(places);
      if (gateways.size() < 2) {
        System.err.println(
            "There is only one gateway, "
                + String.join("", gateways.keySet())
                + ", and nothing to compare it with");
      }
      RingComparison comparison = of(gateways, groups);
      output.print(comparison.rows, comparison::text);
      return comparison.agrees() ? 0 : 1;
    } catch (IOException | IllegalArgumentException e) {
      output.fail(e);
      return 1;
    }
  }

  /**
   * Asks all gateways.
   *
   * @param names the groups that count; all if it is empty
   * @throws IOException if one does not answer
   */
  private static RingComparison of(Map<String, ManagementClient> gateways, Set<String> names)
      throws IOException {
    Map<String, Map<String, Ring>> all = new LinkedHashMap<>();
    Set<String> groups = new TreeSet<>();
    for (Map.Entry<String, ManagementClient> gateway : gateways.entrySet()) {
      Map<String, Ring> rings = new LinkedHashMap<>();
      for (Ring ring : gateway.getValue().get("/observe/ring", Ring[].class)) {
        if (names.isEmpty() || names.stream().anyMatch(ring::isOf)) {
          rings.put(ring.group(), ring);
        }
      }
      groups.addAll(rings.keySet());
      all.put(gateway.getKey(), rings);
    }
    for (String name : names) {
      if (!groups.contains(name)) {
        throw new IllegalArgumentException("None of the gateways has a group " + name);
      }
    }
    RingComparison comparison = new RingComparison();
    for (String group : groups) {
      Ring first = all.values().iterator().next().get(group);
      all.forEach(
          (gateway, rings) -> comparison.rows.add(row(group, gateway, first, rings.get(group))));
    }
    return comparison;
  }

  private static Row row(String group, String gateway, @Nullable Ring first, @Nullable Ring ring) {
    return new Row(
        group,
        gateway,
        ring == null ? null : ring.digest(),
        without(ring, first),
        without(first, ring),
        elsewhere(first, ring));
  }

  /** The members of a ring that the other has not, with their weights. */
  private static List<String> without(@Nullable Ring ring, @Nullable Ring other) {
    if (ring == null) {
      return List.of();
    }
    return ring.members().stream()
        .filter(member -> other == null || !other.members().contains(member))
        .map(RingComparison::text)
        .toList();
  }

  private static String text(Member member) {
    return member.name() + (member.weight() == 1 ? "" : "?weight=" + member.weight());
  }

  private static double elsewhere(@Nullable Ring first, @Nullable Ring ring) {
    if (first == null || ring == null) {
      return first == null && ring == null ? 0 : 1;
    }
    if (first.digest().equals(ring.digest())) {
      return 0;
    }
    if (!first.by().equals(ring.by()) || first.points() != ring.points()) {
      return 1; // another key or other points: nobody can say who stays
    }
    return RingChange.of(first.members(), ring.members(), ring.points()).entrySet().stream()
        .filter(move -> !move.getKey().stays())
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  /** Whether all gateways have the same rings. */
  private boolean agrees() {
    return rows.stream().collect(Collectors.groupingBy(Row::group)).values().stream()
        .allMatch(
            group -> group.stream().map(row -> String.valueOf(row.digest)).distinct().count() == 1);
  }

  private TextTable text() {
    TextTable table =
        new TextTable().row("group", "gateway", "digest", "elsewhere", "other workers");
    for (Row row : rows) {
      List<String> others = new ArrayList<>();
      row.more.forEach(member -> others.add("+ " + member));
      row.less.forEach(member -> others.add("- " + member));
      table.row(
          row.group,
          row.gateway,
          row.digest == null ? "no such group" : row.digest,
          String.format(Locale.ROOT, "%.1f %%", 100 * row.elsewhere),
          String.join(", ", others));
    }
    return table;
  }
}
