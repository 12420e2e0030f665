// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a source about a list of workers. Immutable.
 *
 * @param members the workers that it names; none if the answer is unusable
 * @param seconds after how many seconds to ask again; 0 to ask less and less often while answers
 *     are unusable
 * @param trouble why the answer is unusable; null if it is usable
 * @param failure the same in words; null if the answer is usable
 */
public record Answer(
    List<Member> members, long seconds, @Nullable AnswerFailure trouble, @Nullable String failure) {
  /** A usable answer. */
  static Answer of(List<Member> members, long seconds) {
    return new Answer(members, seconds, null, null);
  }

  /** No answer, or an unusable one. */
  static Answer none(AnswerFailure trouble, String failure) {
    return none(trouble, failure, 0);
  }

  /** No usable answer, from a source that may be asked again soon. */
  static Answer none(AnswerFailure trouble, String failure, long seconds) {
    return new Answer(List.of(), seconds, trouble, failure);
  }
}
