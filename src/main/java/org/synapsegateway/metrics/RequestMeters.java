// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.metrics;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import org.synapsegateway.http.Failure;
import org.synapsegateway.identity.KeyKind;
import org.synapsegateway.metrics.LoopCounters.Sum;
import org.synapsegateway.request.Destination;
import org.synapsegateway.request.Destinations;
import org.synapsegateway.request.Timeout;

/**
 * Shows what the {@link RequestCounters} has counted as meters: those of a destination from its
 * first request on, and one for each outcome that has occurred.
 */
public final class RequestMeters {
  private final RequestCounters counters;
  private final Meters meters;
  private final Set<String> groups = new HashSet<>();
  private final Set<Destination> shown = new HashSet<>();
  private final BitSet outcomes = new BitSet();

  private RequestMeters(RequestCounters counters, Meters meters) {
    this.counters = counters;
    this.meters = meters;
  }

  /** Shows what is and will be counted. */
  public static void show(RequestCounters counters, Meters meters) {
    RequestMeters requests = new RequestMeters(counters, meters);
    for (Histogram histogram : Histogram.values()) {
      meters.collector(new Histograms(histogram, counters));
    }
    requests.showTotals();
    meters.beforeReading(requests::refresh);
  }

  private void showTotals() {
    for (Timeout timeout : Timeout.values()) {
      total(Meter.TIMEOUTS, LoopCounters.cell(timeout), timeout.tag());
    }
    total(Meter.CLIENT_CONNECTION_USES, Sum.NEW_CLIENTS, Sum.NEW_HTTP2_CLIENTS, "new");
    total(Meter.CLIENT_CONNECTION_USES, Sum.KEPT_CLIENTS, Sum.KEPT_HTTP2_CLIENTS, "kept");
    total(Meter.CLIENT_PROTOCOLS, Sum.NEW_CLIENTS, Sum.KEPT_CLIENTS, "1");
    total(Meter.CLIENT_PROTOCOLS, Sum.NEW_HTTP2_CLIENTS, Sum.KEPT_HTTP2_CLIENTS, "2");
    for (Failure failure : Failure.values()) {
      if (failure != Failure.CLIENT_GONE) {
        int outcome = Outcome.of(failure);
        meters.counter(
            Meter.REFUSALS,
            () ->
                counters.sumOfGroup(null, LoopCounters.cell(true, outcome))
                    + counters.sumOfGroup(null, LoopCounters.cell(false, outcome)),
            failure.tag());
      }
    }
  }

  private void total(Meter meter, Sum some, Sum others, String tagValue) {
    meters.counter(
        meter,
        () ->
            counters.sumOfGroup(null, LoopCounters.cell(some))
                + counters.sumOfGroup(null, LoopCounters.cell(others)),
        tagValue);
  }

  private void total(Meter meter, int cell, String tagValue) {
    meters.counter(meter, () -> counters.sumOfGroup(null, cell), tagValue);
  }

  private void refresh() {
    for (Destination destination : counters.destinations()) {
      boolean isWorker = !destination.group().equals(Destinations.NOWHERE);
      if (isWorker && shown.add(destination)) {
        showWorker(destination);
      }
      if (isWorker && groups.add(destination.group())) {
        showGroup(destination.group());
      }
      showOutcomes(destination, true);
      showOutcomes(destination, false);
    }
  }

  private void showGroup(String group) {
    ofGroup(Meter.FALLBACKS, Sum.FALLBACKS, group);
    ofGroup(Meter.SPILLS, Sum.SPILLS, group);
    ofGroup(Meter.UNRECOGNIZED, Sum.UNRECOGNIZED, group);
    for (KeyKind kind : KeyKind.values()) {
      meters.counter(
          Meter.KEYS, () -> counters.sumOfGroup(group, LoopCounters.cell(kind)), group, kind.tag());
    }
  }

  private void ofGroup(Meter meter, Sum sum, String group) {
    meters.counter(meter, () -> counters.sumOfGroup(group, LoopCounters.cell(sum)), group);
  }

  private void showWorker(Destination to) {
    String group = to.group();
    String worker = to.worker();
    difference(Meter.WORKER_IN_FLIGHT, to, Sum.SENT, Sum.LEFT);
    difference(Meter.POLLS_HELD, to, Sum.POLLS_SENT, Sum.POLLS_LEFT);
    sum(Meter.RETRIES, to, Sum.RETRIES);
    sum(Meter.BYTES, to, Sum.REQUEST_BYTES, "request");
    sum(Meter.BYTES, to, Sum.REPLY_BYTES, "reply");
    sum(Meter.WORKER_CONNECTION_USES, to, Sum.NEW_CONNECTIONS, "new");
    sum(Meter.WORKER_CONNECTION_USES, to, Sum.KEPT_CONNECTIONS, "kept");
    meters.summary(
        Meter.QUEUE_WAIT,
        () -> counters.sum(to, Sum.WAITS),
        () -> counters.sum(to, Sum.WAIT_NANOS),
        group,
        worker);
    meters.gauge(Meter.WORKER_USERS, () -> Math.round(counters.users(to)), group, worker);
    meters.gauge(Meter.WORKER_USER_SHARE, () -> counters.userShare(to), group, worker);
  }

  private void sum(Meter meter, Destination to, Sum sum) {
    meters.counter(meter, () -> counters.sum(to, sum), to.group(), to.worker());
  }

  private void sum(Meter meter, Destination to, Sum sum, String tagValue) {
    meters.counter(meter, () -> counters.sum(to, sum), to.group(), to.worker(), tagValue);
  }

  private void difference(Meter meter, Destination to, Sum more, Sum less) {
    // what has left is read first, or a request in between would count as less than none
    meters.gauge(
        meter,
        () -> {
          long left = counters.sum(to, less);
          return counters.sum(to, more) - left;
        },
        to.group(),
        to.worker());
  }

  private void showOutcomes(Destination to, boolean reads) {
    for (int outcome = 0; outcome < Outcome.COUNT; outcome++) {
      int cell = LoopCounters.cell(reads, outcome);
      int bit = (to.number() * 2 + (reads ? 1 : 0)) * Outcome.COUNT + outcome;
      if (!outcomes.get(bit) && counters.sum(to, cell) > 0) {
        outcomes.set(bit);
        meters.counter(
            Meter.REQUESTS,
            () -> counters.sum(to, cell),
            to.group(),
            to.worker(),
            reads ? "read" : "write",
            Outcome.tag(outcome));
      }
    }
  }
}
