// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.compare;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a comparison has found, for people and for programs.
 *
 * @param servers the server blocks that send requests on
 * @param cases combinations of patterns that one request can match
 * @param requests how many have been compared
 * @param moves the upstreams whose users have workers of their own, and who of them moves
 * @param notes what is not compared for all paths, and why
 * @param asked how many requests nginx itself was asked
 * @param disagreements how many of them it decided otherwise than the evaluator said
 * @param disagreeing some of those
 */
public record Report(
    List<String> servers,
    int cases,
    int requests,
    List<Row> rows,
    List<Moves> moves,
    List<String> notes,
    int asked,
    int disagreements,
    List<String> disagreeing) {

  /**
   * Requests of one kind.
   *
   * @param nginx who nginx sends them to, or what it answers
   * @param location the location that takes the example
   * @param routes the group that the routes lead to, or what the gateway answers
   * @param why for people; null if the verdict says it all
   * @param example a shortest one
   * @param byEncoding whether only the way in which the path is written makes them differ
   * @param cases how many of the compared requests
   * @param logged how many of the log's
   */
  public record Row(
      Verdict verdict,
      String server,
      String nginx,
      @Nullable String location,
      String routes,
      @Nullable String why,
      String example,
      boolean byEncoding,
      int cases,
      long logged) {}

  /** Whether something is for people to look at before they switch. */
  public boolean hasFindings() {
    return disagreements > 0
        || rows.stream()
            .anyMatch(row -> row.verdict != Verdict.SAME && row.verdict != Verdict.BETTER);
  }
}
