// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.haproxy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A frontend or listen section that clients can reach. */
public final class Frontend {
  private final Site site;
  private final Section section;

  Frontend(Site site, Section section) {
    this.site = site;
    this.section = section;
  }

  public String name() {
    return section.name();
  }

  /** What HAProxy does with a request that comes in here. */
  public Decision decide(Request request) {
    return Rules.decide(site, section, request);
  }

  /** The hosts that conditions ask for, and null for any other. */
  public List<@Nullable String> hosts() {
    List<@Nullable String> hosts = new ArrayList<>(site.hosts(section));
    hosts.add(null);
    return hosts;
  }

  /** The TCP ports at which it listens; without those that a variable names. */
  public List<Integer> ports() {
    return section
        .all("bind")
        .flatMap(bind -> Stream.of(bind.word(1).split(",")))
        .map(address -> address.replaceFirst(".*:", ""))
        .filter(port -> port.matches("\\d{1,5}"))
        .map(Integer::valueOf)
        .toList();
  }

  @Override
  public String toString() {
    return section.head().toString();
  }
}
