// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** The states of all lists and hosts that are or have been asked about. Safe for any thread. */
public final class SourceStates {
  private final Map<String, SourceState> byName = new ConcurrentSkipListMap<>();

  /**
   * That of a list of workers.
   *
   * @param name as routes have it
   */
  public SourceState list(String name) {
    return byName.computeIfAbsent(name, each -> new SourceState(each, true));
  }

  /** That of a host. */
  public SourceState host(String name) {
    return byName.computeIfAbsent("host:" + name, each -> new SourceState(each, false));
  }

  /** Those that somebody wants to know about, by their names. */
  public List<SourceState> all() {
    return byName.values().stream().filter(SourceState::isWanted).toList();
  }
}
