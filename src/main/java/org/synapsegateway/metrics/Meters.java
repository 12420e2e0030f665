// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.Collector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The meters of one gateway, in a registry that Prometheus can read. Safe for any thread. */
public final class Meters {
  /** The media type of {@link #scrape}. */
  public static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final List<Runnable> refreshes = new CopyOnWriteArrayList<>();

  /** The registry, for the meters of Camel and of users' own steps. */
  public MeterRegistry registry() {
    return registry;
  }

  /** The counter of this meter for these values of its tags. */
  public Counter counter(Meter meter, String... tagValues) {
    return Counter.builder(meter.meterName())
        .description(meter.purpose())
        .tags(tags(meter, tagValues))
        .register(registry);
  }

  /** Registers a counter, read at each scrape from a source that only grows. */
  public void counter(Meter meter, LongSupplier source, String... tagValues) {
    // it holds on to its second argument only weakly
    FunctionCounter.builder(meter.meterName(), meter, any -> source.getAsLong())
        .description(meter.purpose())
        .tags(tags(meter, tagValues))
        .register(registry);
  }

  /** Registers a gauge, read at each scrape from a source. */
  public void gauge(Meter meter, Supplier<Number> source, String... tagValues) {
    Gauge.builder(meter.meterName(), source)
        .description(meter.purpose())
        .tags(tags(meter, tagValues))
        .register(registry);
  }

  /** Registers a count and the total time, read at each scrape. */
  void summary(Meter meter, LongSupplier count, LongSupplier nanos, String... tagValues) {
    FunctionTimer.builder(
            meter.meterName(),
            meter,
            any -> count.getAsLong(),
            any -> nanos.getAsLong(),
            TimeUnit.NANOSECONDS)
        .description(meter.purpose())
        .tags(tags(meter, tagValues))
        .register(registry);
  }

  /** A gauge whose rows are given anew for each reading. */
  public MultiGauge rows(Meter meter) {
    return MultiGauge.builder(meter.meterName()).description(meter.purpose()).register(registry);
  }

  /** Adds what Micrometer has no meter for; see {@link Histograms}. */
  void collector(Collector collector) {
    registry.getPrometheusRegistry().register(collector);
  }

  /** Has something done before each reading. */
  public void beforeReading(Runnable refresh) {
    refreshes.add(refresh);
  }

  /** The tags of a meter with these values. */
  public static Tags tags(Meter meter, String... values) {
    List<Tag> tags = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      tags.add(Tag.of(meter.tags().get(i), values[i]));
    }
    return Tags.of(tags);
  }

  /** All meters as Prometheus reads them. */
  public synchronized String scrape() {
    refreshes.forEach(Runnable::run);
    return registry.scrape();
  }
}
