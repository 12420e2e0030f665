// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The members of a list. A worker may be a member though the latest answer does not name it, or
 * though it cannot be reached.
 *
 * <p>A worker enters with the first answer that names it. It leaves with an answer that does not
 * name it, if no answer has named it for the given time. An empty answer does not count, so no list
 * becomes empty. The order of an answer is ignored. Confined to one thread.
 */
final class Membership {
  /**
   * @param missingSince the time of the first answer without it after the last one that had it;
   *     null if that was the last one
   */
  private record Known(Member member, @Nullable Long missingSince) {}

  private final Map<String, Known> known = new TreeMap<>();

  /**
   * Takes an answer.
   *
   * @param named at least one, each text of the ring once
   * @param now when it came, in nanoseconds of a clock that never goes back
   * @param forgetNanos how long a worker stays a member while answers do not name it
   * @return how many have left
   */
  int take(Collection<Member> named, long now, long forgetNanos) {
    if (named.isEmpty()) {
      throw new IllegalArgumentException("an answer that names nobody is none");
    }
    Map<String, Known> fresh = new TreeMap<>();
    named.forEach(member -> fresh.put(member.ring(), new Known(member, null)));
    known.forEach(
        (ring, before) -> {
          long since = before.missingSince == null ? now : before.missingSince;
          if (!fresh.containsKey(ring) && now - since < forgetNanos) {
            fresh.put(ring, new Known(before.member, since));
          }
        });
    known.keySet().removeAll(fresh.keySet());
    int left = known.size();
    known.clear();
    known.putAll(fresh);
    return left;
  }

  /** All members, by their texts. */
  List<Member> members() {
    return known.values().stream().map(Known::member).toList();
  }
}
