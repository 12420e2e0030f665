// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import java.util.BitSet;
import java.util.function.IntPredicate;
import org.synapsegateway.identity.Slice;

/**
 * The way of one request from member to member: along the ring from the key's point on, and after
 * 20 points that lead nowhere to all that are left in turn.
 *
 * <p>The order is that of nginx (ngx_http_upstream_get_chash_peer), which walks the points and not
 * the members: where many are dead, the walk does not reach them all. A drained member is passed
 * over as if it were dead. Confined to one request.
 */
class Walk {
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
  private BitSet tried;

  /**
   * @param drained tells the members that are to get nothing
   */
  Walk(HashRing ring, SmoothRoundRobin turns, IntPredicate drained) {
    this.ring = ring;
    this.turns = turns;
    this.drained = drained;
  }

  /**
   * Where a request with this key goes first; without key, to the next in turn; -1 if all members
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
    return drained.test(member) ? next() : member;
  }

  /**
   * Where it goes first if members may be full: on along the ring to one that has room, which for
   * one key is the same each time. Those passed over have not been tried.
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

  /** Where it would go if nobody were drained. */
  final int firstOfAll() {
    member = home;
    return member;
  }

  /** The hash of its key; 0 without key. */
  final int hash() {
    return hash;
  }

  /** Whether it has begun at another member than the key's own, which had no room. */
  final boolean hasPassedOver() {
    return passedOver;
  }

  /** Where it is. */
  final int member() {
    return member;
  }

  /** Where it goes after that; -1 when every member has been tried or is drained. */
  final int next() {
    if (tried == null) {
      tried = new BitSet();
    }
    do {
      tried.set(member);
      member = onTheRing();
      if (member < 0) {
        member = turns.next(tried);
      }
    } while (member >= 0 && drained.test(member));
    return member;
  }

  private int onTheRing() {
    while (point >= 0) {
      point = ++steps > MAX_STEPS ? -1 : ring.next(point);
      if (point >= 0 && !tried.get(ring.memberAt(point))) {
        return ring.memberAt(point);
      }
    }
    return -1;
  }
}
