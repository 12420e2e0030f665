// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.synapsegateway.discovery.MemberWatch;

/**
 * The lists of workers, kept from one generation of routes to the next, so that a reload neither
 * reads a list anew nor forgets a member. Safe for any thread.
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

  /** The watch of a list, for an endpoint that calls {@link #leave} when it stops. */
  synchronized MemberWatch enter(WorkerList list, long forgetMillis) {
    Shared shared = byPlace.computeIfAbsent(list, Shared::new);
    shared.users++;
    shared.watch.forgetAfter(forgetMillis);
    shared.watch.begin();
    return shared.watch;
  }

  /** Whether several endpoints use a list. */
  synchronized boolean isShared(WorkerList list) {
    Shared shared = byPlace.get(list);
    return shared != null && shared.users > 1;
  }

  synchronized void leave(WorkerList list) {
    byPlace.computeIfPresent(list, (place, shared) -> --shared.users == 0 ? null : shared);
  }

  /** Waits until each list has been read once, or this time is over. */
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
