// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.metrics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.request.Destination;
import org.synapsegateway.request.Destinations;

/**
 * Logs once a minute, while requests fail, how many of which group fail and why.
 *
 * <p>A failure is what a client sees as a status from 500 on, whether the gateway answers it or a
 * worker. Confined to one thread.
 */
public final class FailureLog {
  private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);
  private static final int MAX_GROUPS = 8;

  /** The failed requests of one group since the last look. */
  private record Failed(String group, long count, Map<Integer, Long> byOutcome) {
    @Override
    public String toString() {
      String reasons =
          byOutcome.entrySet().stream()
              .sorted(Map.Entry.<Integer, Long>comparingByValue().reversed())
              .map(entry -> entry.getValue() + " " + reason(entry.getKey()))
              .collect(Collectors.joining(", "));
      String of = group.equals(Destinations.NOWHERE) ? "no group" : "group " + group;
      return "%d of %s (%s)".formatted(count, of, reasons);
    }

    private static String reason(int outcome) {
      return Outcome.isReply(outcome)
          ? "answered " + Outcome.tag(outcome)
          : Outcome.tag(outcome); // the name that the metrics have
    }
  }

  private final RequestCounters counters;
  private final Map<String, long[]> before = new HashMap<>();

  public FailureLog(RequestCounters counters) {
    this.counters = counters;
  }

  /** Tells of what has failed since the last look, if anything has; called once a minute. */
  public void look() {
    List<Failed> failed = new ArrayList<>();
    for (String group : groups()) {
      Failed now = failedSince(group);
      if (now.count() > 0) {
        failed.add(now);
      }
    }
    if (!failed.isEmpty()) {
      failed.sort(Comparator.comparingLong(Failed::count).reversed().thenComparing(Failed::group));
      tell(failed);
    }
  }

  private List<String> groups() {
    return counters.destinations().stream().map(Destination::group).distinct().toList();
  }

  private Failed failedSince(String group) {
    long[] last = before.computeIfAbsent(group, none -> new long[Outcome.COUNT]);
    Map<Integer, Long> byOutcome = new LinkedHashMap<>();
    long count = 0;
    for (int outcome = 0; outcome < Outcome.COUNT; outcome++) {
      if (Outcome.isError(outcome)) {
        long now =
            counters.sumOfGroup(group, LoopCounters.cell(true, outcome))
                + counters.sumOfGroup(group, LoopCounters.cell(false, outcome));
        long more = now - last[outcome];
        last[outcome] = now;
        if (more > 0) {
          byOutcome.put(outcome, more);
          count += more;
        }
      }
    }
    return new Failed(group, count, byOutcome);
  }

  private static void tell(List<Failed> failed) {
    long all = failed.stream().mapToLong(Failed::count).sum();
    String told =
        failed.stream().limit(MAX_GROUPS).map(Failed::toString).collect(Collectors.joining(", "));
    List<Failed> others = failed.subList(Math.min(MAX_GROUPS, failed.size()), failed.size());
    LOG.warn(
        "In the last minute {} failed: {}{}",
        all == 1 ? "1 request" : all + " requests",
        told,
        others.isEmpty()
            ? ""
            : ", %d of %d other groups"
                .formatted(others.stream().mapToLong(Failed::count).sum(), others.size()));
  }
}
