// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import java.util.BitSet;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.identity.Slice;

/**
 * The order in which one request tries the members: along the ring from the key's point, and after
 * 20 points without success the remaining members in turn.
 *
 * <p>The order is that of nginx (ngx_http_upstream_get_chash_peer), which follows the points and
 * not the members: if many are down, not all are reached on the ring. A drained member is skipped
 * as if it were down; {@link #nextDrained} is for when nobody else is left. Confined to one
 * request.
 */
class RingWalk {
  private static final int MAX_STEPS = 20;

  private final HashRing ring;
  private final SmoothRoundRobin turns;
  private final IntPredicate drained;

  private int hash;
  private int point = -1;
  private int steps;
  private int member;
  private int home;
  private boolean passedOver;
  private @Nullable BitSet tried;

  /** The members that were skipped because they are drained; null if none was. */
  private @Nullable BitSet skipped;

  /**
   * @param drained returns whether a member is drained and gets no requests
   */
  RingWalk(HashRing ring, SmoothRoundRobin turns, IntPredicate drained) {
    this.ring = ring;
    this.turns = turns;
    this.drained = drained;
  }

  /**
   * The first member for a request with this key; without key, the next in turn; -1 if all members
   * are drained.
   */
  final int first(Slice key) {
    if (key.isEmpty()) {
      member = turns.next(null);
    } else {
      hash = HashRing.hash(key.array(), key.start(), key.end());
      point = ring.pointFor(hash);
      member = ring.memberAt(point);
    }
    home = member;
    return isSkipped(member) ? next() : member;
  }

  private boolean isSkipped(int candidate) {
    if (!drained.test(candidate)) {
      return false;
    }
    if (skipped == null) {
      skipped = new BitSet();
    }
    skipped.set(candidate);
    return true;
  }

  /**
   * The first member if members may be full: the next one on the ring that has room. The members
   * that are skipped have not been tried.
   */
  final int firstWithRoom(Slice key, BoundedLoad load) {
    first(key);
    for (int at = point; at >= 0; at = ring.next(at) == point ? -1 : ring.next(at)) {
      int candidate = ring.memberAt(at);
      if (!drained.test(candidate) && load.hasRoom(candidate)) {
        passedOver = candidate != member;
        point = at;
        member = candidate;
        return member;
      }
    }
    return member;
  }

  /**
   * A member that was skipped because it is drained: first the key's own; -1 if there is none. The
   * walk is at its end.
   */
  final int nextDrained() {
    BitSet left = skipped;
    if (left == null) {
      return -1;
    }
    member = left.get(home) ? home : left.nextSetBit(0);
    if (member >= 0) {
      left.clear(member);
    }
    return member;
  }

  /** The hash of its key; 0 without key. */
  final int hash() {
    return hash;
  }

  /** Whether the key's own member had no room, so that the walk began at another one. */
  final boolean hasPassedOver() {
    return passedOver;
  }

  /** The member at which the walk is. */
  final int member() {
    return member;
  }

  /** The next member; -1 when every member has been tried or is drained. */
  final int next() {
    BitSet gone = tried == null ? new BitSet() : tried;
    tried = gone;
    do {
      gone.set(member);
      member = onTheRing(gone);
      if (member < 0) {
        member = turns.next(gone);
      }
    } while (member >= 0 && isSkipped(member));
    return member;
  }

  private int onTheRing(BitSet gone) {
    while (point >= 0) {
      point = ++steps > MAX_STEPS ? -1 : ring.next(point);
      if (point >= 0 && !gone.get(ring.memberAt(point))) {
        return ring.memberAt(point);
      }
    }
    return -1;
  }
}
