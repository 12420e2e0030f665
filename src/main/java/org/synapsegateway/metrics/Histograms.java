// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.concurrent.TimeUnit;
import org.synapsegateway.request.Destination;

/**
 * Shows one {@link Histogram} to Prometheus.
 *
 * <p>Micrometer has no histogram that is read from a source, as it has gauges and counters, and its
 * Timer costs a request more than all of the {@link RequestCounters}. So this goes to the registry
 * that lies below Micrometer's, and is read along with it.
 */
final class Histograms implements Collector {
  private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Histogram histogram;
  private final RequestCounters counters;

  Histograms(Histogram histogram, RequestCounters counters) {
    this.histogram = histogram;
    this.counters = counters;
  }

  @Override
  public MetricSnapshot collect() {
    HistogramSnapshot.Builder snapshot =
        HistogramSnapshot.builder()
            .name(histogram.meter().prometheusName())
            .help(histogram.meter().purpose());
    for (Destination destination : counters.destinations()) {
      HistogramDataPointSnapshot point = point(destination);
      if (point.hasCount() && point.getCount() > 0) {
        snapshot.dataPoint(point);
      }
    }
    return snapshot.build();
  }

  @Override
  public String getPrometheusName() {
    return histogram.meter().prometheusName();
  }

  private HistogramDataPointSnapshot point(Destination destination) {
    int cell = LoopCounters.cell(histogram);
    long[] counts = new long[histogram.size()];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = counters.sum(destination, cell + 1 + i);
    }
    return HistogramDataPointSnapshot.builder()
        .labels(Labels.of("group", destination.group(), "worker", destination.worker()))
        .classicHistogramBuckets(ClassicHistogramBuckets.of(histogram.bounds(), counts))
        .sum(counters.sum(destination, cell) / NANOS)
        .build();
  }
}
