// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** Counts the outcomes of requests that a route mirrors to a worker. Safe for any thread. */
public final class Mirrors {
  /** The outcome of one mirrored request. */
  public enum Outcome {
    /** The worker has replied. */
    REPLIED,
    /** The body was too large to be kept, or there was no memory, so it was not sent. */
    NO_BODY,
    /** The worker had as many requests as it may, so it was not sent. */
    SKIPPED,
    /** The worker could not be reached, or did not reply. */
    FAILED;

    /** The value of the meters' tag. */
    public String tag() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Map<Outcome, LongAdder> counts = new EnumMap<>(Outcome.class);

  public Mirrors() {
    for (Outcome outcome : Outcome.values()) {
      counts.put(outcome, new LongAdder());
    }
  }

  private LongAdder of(Outcome outcome) {
    return Objects.requireNonNull(counts.get(outcome)); // there is one for each
  }

  void count(Outcome outcome) {
    of(outcome).increment();
  }

  /** The number of mirrored requests with this outcome. */
  public long counted(Outcome outcome) {
    return of(outcome).sum();
  }
}
