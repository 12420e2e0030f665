// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.metrics;

import java.util.List;
import java.util.stream.DoubleStream;

/**
 * The counts since the start of the gateway, of one worker or of all.
 *
 * @param requests that have ended
 * @param errors those of them with a status from 500 on
 * @param sentOn how often a request was sent on because a worker had failed it
 * @param inFlight requests under way, long polls included
 * @param pollsHeld long polls under way
 * @param waits how many of them had to wait, as the worker had as many as it may
 * @param refused those with status 429 or 503, because a limit was reached
 * @param firstByte how many replies, not of long polls, began within which of {@link #bounds()}
 */
public record Figures(
    long requests,
    long errors,
    long sentOn,
    long inFlight,
    long pollsHeld,
    long waits,
    long refused,
    List<Long> firstByte) {

  /**
   * The upper bounds of the times to a reply's first byte in seconds; anything above the last is in
   * one more bucket.
   */
  public static List<Double> bounds() {
    return DoubleStream.of(Histogram.FIRST_BYTE.bounds()).filter(Double::isFinite).boxed().toList();
  }
}
