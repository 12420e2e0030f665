package org.synapsegateway.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.Supplier;

/** The meters of one gateway, in a registry that Prometheus can read. Safe for any thread. */
public final class Meters {
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** The registry, for the meters of Camel and of users' own steps. */
  public MeterRegistry registry() {
    return registry;
  }

  /** The counter of this meter for one value of its tag. */
  public Counter counter(Meter meter, String tagValue) {
    return Counter.builder(meter.meterName())
        .description(meter.purpose())
        .tag(meter.tag(), tagValue)
        .register(registry);
  }

  /** Has this meter read from a source whenever somebody asks. */
  public void gauge(Meter meter, Supplier<Number> source) {
    Gauge.builder(meter.meterName(), source).description(meter.purpose()).register(registry);
  }

  /** All meters as Prometheus reads them: the page {@code /observe/metrics}. */
  public Answer scrape(Question question) {
    return Answer.text(PROMETHEUS_TEXT, registry.scrape());
  }
}
