// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** Counts what became of requests that a route mirrors to a worker. Safe for any thread. */
public final class Mirrors {
  /** What became of one. */
  public enum Outcome {
    /** The worker has replied. */
    REPLIED,
    /** The body was too large to be kept, or there was no memory, so it was not sent. */
    NO_BODY,
    /** The worker had as many requests as it may, so it was not sent. */
    SKIPPED,
    /** The worker could not be reached, or did not reply. */
    FAILED;

    /** As metrics have it. */
    public String tag() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final LongAdder[] counts =
      Stream.generate(LongAdder::new).limit(Outcome.values().length).toArray(LongAdder[]::new);

  void count(Outcome outcome) {
    counts[outcome.ordinal()].increment();
  }

  /** How many have ended so. */
  public long counted(Outcome outcome) {
    return counts[outcome.ordinal()].sum();
  }
}
