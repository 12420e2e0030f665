// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a source says of a list of workers. Immutable.
 *
 * @param members those that it names; none if it says nothing that counts
 * @param seconds when to ask again; 0 less and less often, if nothing counts
 * @param trouble why nothing counts; null if something does
 * @param failure the same for people; null if something counts
 */
public record Answer(
    List<Member> members, long seconds, @Nullable Trouble trouble, @Nullable String failure) {
  /** An answer that counts. */
  static Answer of(List<Member> members, long seconds) {
    return new Answer(members, seconds, null, null);
  }

  /** No answer, or none that counts. */
  static Answer none(Trouble trouble, String failure) {
    return none(trouble, failure, 0);
  }

  /** No answer that counts, of a source that may be asked again soon. */
  static Answer none(Trouble trouble, String failure, long seconds) {
    return new Answer(List.of(), seconds, trouble, failure);
  }
}
