// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** The states of all lists and hosts that are or have been asked about. Safe for any thread. */
public final class SourceStates {
  private final Map<String, SourceState> byName = new ConcurrentSkipListMap<>();

  /**
   * The state of a list of workers.
   *
   * @param name its name in the routes
   */
  public SourceState list(String name) {
    return byName.computeIfAbsent(name, each -> new SourceState(each, true));
  }

  /** The state of a host. */
  public SourceState host(String name) {
    return byName.computeIfAbsent("host:" + name, each -> new SourceState(each, false));
  }

  /** The states of those in use, ordered by name. */
  public List<SourceState> all() {
    return byName.values().stream().filter(SourceState::isWanted).toList();
  }
}
