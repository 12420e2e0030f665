// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.synapsegateway.discovery.MemberWatch;

/**
 * The lists of workers, kept from one generation of routes to the next, so that a reload asks for
 * none of them anew and forgets nobody. Safe for any thread.
 */
final class MemberLists {
  private final Workers workers;
  private final Map<WorkerList, Shared> byPlace = new HashMap<>();

  MemberLists(Workers workers) {
    this.workers = workers;
  }

  /** A list, and how many endpoints use it. */
  private final class Shared {
    private final MemberWatch watch;
    private int users;

    Shared(WorkerList list) {
      watch =
          new MemberWatch(
              workers.sources().list(list.toString()),
              list.source(workers),
              member -> WorkerAddress.of(member.server()),
              () -> isUsed(this),
              System::nanoTime);
    }
  }

  private synchronized boolean isUsed(Shared list) {
    return list.users > 0;
  }

  /** The list of a place, for an endpoint that leaves it at its end. */
  synchronized MemberWatch enter(WorkerList list, long forgetMillis) {
    Shared shared = byPlace.computeIfAbsent(list, Shared::new);
    shared.users++;
    shared.watch.forgetAfter(forgetMillis);
    shared.watch.begin();
    return shared.watch;
  }

  synchronized void leave(WorkerList list) {
    byPlace.computeIfPresent(list, (place, shared) -> --shared.users == 0 ? null : shared);
  }

  /** Waits until each has been asked once, for so long at most. */
  void await(long millis) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (MemberWatch watch : watches()) {
      watch.await(end - System.nanoTime());
    }
  }

  private synchronized List<MemberWatch> watches() {
    return byPlace.values().stream().map(shared -> shared.watch).toList();
  }
}
