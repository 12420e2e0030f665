package org.synapsegateway.loadbalance;

import java.util.BitSet;
import org.synapsegateway.identity.Slice;

/**
 * The way of one request from member to member: along the ring from the key's point on, and after
 * 20 points that lead nowhere to all that are left in turn.
 *
 * <p>The order is that of nginx (ngx_http_upstream_get_chash_peer), which walks the points and not
 * the members: where many are dead, the walk does not reach them all. Confined to one request.
 */
class Walk {
  private static final int MOST_STEPS = 20;

  private final HashRing ring;
  private final SmoothRoundRobin turns;

  private int hash;
  private int point = -1;
  private int steps;
  private int member;
  private boolean passedOver;
  private BitSet tried;

  Walk(HashRing ring, SmoothRoundRobin turns) {
    this.ring = ring;
    this.turns = turns;
  }

  /** Where a request with this key goes first; without key, to the next in turn. */
  final int first(Slice key) {
    if (key.isEmpty()) {
      member = turns.next(null);
    } else {
      hash = HashRing.hash(key.array(), key.start(), key.end());
      point = ring.pointFor(hash);
      member = ring.memberAt(point);
    }
    return member;
  }

  /**
   * Where it goes first if members may be full: on along the ring to one that has room, which for
   * one key is the same each time. Those passed over have not been tried.
   */
  final int firstWithRoom(Slice key, BoundedLoad load) {
    first(key);
    if (point >= 0) {
      int begin = point;
      while (!load.hasRoom(ring.memberAt(point)) && ring.next(point) != begin) {
        point = ring.next(point);
      }
      passedOver = ring.memberAt(point) != member;
      member = ring.memberAt(point);
    }
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

  /** Where it goes after that; -1 when every member has been tried. */
  final int next() {
    if (tried == null) {
      tried = new BitSet();
    }
    tried.set(member);
    member = onTheRing();
    if (member < 0) {
      member = turns.next(tried);
    }
    return member;
  }

  private int onTheRing() {
    while (point >= 0) {
      point = ++steps > MOST_STEPS ? -1 : ring.next(point);
      if (point >= 0 && !tried.get(ring.memberAt(point))) {
        return ring.memberAt(point);
      }
    }
    return -1;
  }
}
