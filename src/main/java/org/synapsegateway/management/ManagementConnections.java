// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.management;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The open connections of the management port, the longest idle one first.
 *
 * <p>There is always room for one more: it replaces the one that has waited longest for its client.
 * Confined to the port's event loop.
 */
final class ManagementConnections {
  private final int most;
  private final Set<ManagementConnection> open = new LinkedHashSet<>();

  ManagementConnections(int most) {
    this.most = most;
  }

  void add(ManagementConnection connection) {
    if (open.size() >= most) {
      closeOldest();
    }
    open.add(connection);
  }

  private void closeOldest() {
    Iterator<ManagementConnection> oldest = open.iterator();
    while (oldest.hasNext()) {
      ManagementConnection connection = oldest.next();
      if (connection.waitsForItsClient() || !hasSuch()) {
        oldest.remove(); // now, because the channel's end is notified later
        connection.close();
        return;
      }
    }
  }

  private boolean hasSuch() {
    return open.stream().anyMatch(ManagementConnection::waitsForItsClient);
  }

  /** Makes a connection the last to be replaced. */
  void renew(ManagementConnection connection) {
    if (open.remove(connection)) {
      open.add(connection);
    }
  }

  void remove(ManagementConnection connection) {
    open.remove(connection);
  }

  /** Whether an answer is being made for one. */
  boolean isAnswering() {
    return open.stream().anyMatch(connection -> !connection.waitsForItsClient());
  }

  void closeAll() {
    List.copyOf(open).forEach(ManagementConnection::close);
  }
}
