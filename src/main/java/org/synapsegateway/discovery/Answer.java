// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a source says of a list of workers. Immutable.
 *
 * @param members those that it names; none if it says nothing that counts
 * @param seconds when to ask again; 0 less and less often, if nothing counts
 * @param failure why nothing counts, for people; null if something does
 */
public record Answer(List<Member> members, long seconds, @Nullable String failure) {
  /** An answer that counts. */
  static Answer of(List<Member> members, long seconds) {
    return new Answer(members, seconds, null);
  }

  /** No answer, or none that counts. */
  static Answer none(String failure) {
    return none(failure, 0);
  }

  /** No answer that counts, of a source that may be asked again soon. */
  static Answer none(String failure, long seconds) {
    return new Answer(List.of(), seconds, failure);
  }
}
