// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.synapsegateway.metrics.Figures;

/**
 * The figures of one worker, or of all, at the last {@value #SAMPLES} samples, in a ring of
 * primitives. Its {@link History} confines it.
 */
public final class Track {
  /** Half an hour, at {@link History#PERIOD}. */
  static final int SAMPLES = 180;

  private final int[] requests = new int[SAMPLES];
  private final int[] errors = new int[SAMPLES];
  private final int[] sentOn = new int[SAMPLES];
  private final int[] inFlight = new int[SAMPLES];
  private final int[] polls = new int[SAMPLES];
  private final byte[] states = new byte[SAMPLES];

  /** The number of the first sample that this track has. */
  private final long first;

  private long requestsBefore;
  private long errorsBefore;
  private long sentOnBefore;

  /**
   * What came between two samples and what was at the second, for each sample, the oldest first.
   *
   * @param requests that ended
   * @param errors those of them with a status from 500 on
   * @param sentOn that were sent elsewhere, because the worker had failed them
   * @param inFlight that were under way, long polls included
   * @param polls that were held
   * @param states the first letters of the worker's states; a blank where it was not there yet
   */
  public record Series(
      List<Integer> requests,
      List<Integer> errors,
      List<Integer> sentOn,
      List<Integer> inFlight,
      List<Integer> polls,
      String states) {}

  /**
   * @param first the number of the sample that comes first
   * @param begin what has been counted until now
   */
  Track(long first, Figures begin) {
    this.first = first;
    note(begin);
  }

  private void note(Figures figures) {
    requestsBefore = figures.requests();
    errorsBefore = figures.errors();
    sentOnBefore = figures.sentOn();
  }

  /**
   * @param number of the sample
   * @param state its first letter
   */
  void add(long number, Figures figures, char state) {
    int at = (int) (number % SAMPLES);
    requests[at] = (int) (figures.requests() - requestsBefore);
    errors[at] = (int) (figures.errors() - errorsBefore);
    sentOn[at] = (int) (figures.sentOn() - sentOnBefore);
    inFlight[at] = (int) figures.inFlight();
    polls[at] = (int) figures.pollsHeld();
    states[at] = (byte) state;
    note(figures);
  }

  /** The samples from one number to before another, of which there are {@link #SAMPLES} at most. */
  Series series(long from, long to) {
    StringBuilder letters = new StringBuilder();
    for (long number = from; number < to; number++) {
      letters.append(number < first ? ' ' : (char) states[(int) (number % SAMPLES)]);
    }
    return new Series(
        values(from, to, at -> requests[at]),
        values(from, to, at -> errors[at]),
        values(from, to, at -> sentOn[at]),
        values(from, to, at -> inFlight[at]),
        values(from, to, at -> polls[at]),
        letters.toString());
  }

  private List<Integer> values(long from, long to, IntUnaryOperator value) {
    return IntStream.range(0, (int) (to - from))
        .map(i -> from + i < first ? 0 : value.applyAsInt((int) ((from + i) % SAMPLES)))
        .boxed()
        .toList();
  }
}
