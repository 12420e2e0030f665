// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.metrics;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;

/** The durations of which it is counted how many fall between which bounds. */
// its arrays are written to once
@SuppressWarnings("ImmutableEnumChecker")
enum Histogram {
  FIRST_BYTE(Meter.FIRST_BYTE, Bounds.LATENCY),
  LAST_BYTE(Meter.LAST_BYTE, Bounds.LATENCY),
  POLL_HELD(Meter.POLL_HELD, Bounds.POLL);

  /** In seconds. */
  private static final class Bounds {
    static final double[] LATENCY = {
      0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300
    };
    static final double[] POLL = {0.1, 0.5, 1, 2.5, 5, 10, 15, 20, 25, 30, 35, 60, 120, 300};
  }

  private final Meter meter;
  private final double[] seconds;
  private final long[] nanos;

  Histogram(Meter meter, double... seconds) {
    this.meter = meter;
    this.seconds = Arrays.copyOf(seconds, seconds.length + 1);
    this.seconds[seconds.length] = Double.POSITIVE_INFINITY;
    this.nanos =
        DoubleStream.of(seconds).mapToLong(s -> (long) (s * TimeUnit.SECONDS.toNanos(1))).toArray();
  }

  Meter meter() {
    return meter;
  }

  /** The upper bounds in seconds, the last of them infinite. */
  double[] bounds() {
    return seconds;
  }

  /** How many buckets there are. */
  int size() {
    return seconds.length;
  }

  /** The bucket that a duration falls into. */
  int bucket(long duration) {
    int bucket = 0;
    while (bucket < nanos.length && duration > nanos[bucket]) {
      bucket++;
    }
    return bucket;
  }
}
