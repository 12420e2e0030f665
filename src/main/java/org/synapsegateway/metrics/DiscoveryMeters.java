// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.metrics;

import io.micrometer.core.instrument.MultiGauge;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.synapsegateway.discovery.AnswerFailure;
import org.synapsegateway.discovery.SourceState;
import org.synapsegateway.discovery.SourceStates;

/** Meters of the questions about lists of workers and about hosts. */
public final class DiscoveryMeters {
  private DiscoveryMeters() {}

  /** Registers them; they are read at each scrape. */
  public static void show(Meters meters, SourceStates sources) {
    show(meters, Meter.DISCOVERY_AGE, sources, any -> true, SourceState::age);
    show(meters, Meter.DISCOVERY_MEMBERS, sources, SourceState::isList, SourceState::members);
    Set<SourceState> counted = ConcurrentHashMap.newKeySet();
    meters.beforeReading(
        () -> sources.all().stream().filter(counted::add).forEach(each -> count(meters, each)));
  }

  private static void show(
      Meters meters,
      Meter meter,
      SourceStates sources,
      Predicate<SourceState> has,
      Function<SourceState, Number> value) {
    MultiGauge gauge = meters.rows(meter);
    meters.beforeReading(
        () ->
            gauge.register(rows(meter, sources.all().stream().filter(has).toList(), value), true));
  }

  private static List<MultiGauge.Row<?>> rows(
      Meter meter, List<SourceState> sources, Function<SourceState, Number> value) {
    return sources.stream()
        .<MultiGauge.Row<?>>map(
            source -> MultiGauge.Row.of(Meters.tags(meter, source.name()), value.apply(source)))
        .toList();
  }

  private static void count(Meters meters, SourceState source) {
    for (AnswerFailure trouble : AnswerFailure.values()) {
      meters.counter(
          Meter.DISCOVERY_FAILURES, () -> source.failures(trouble), source.name(), trouble.tag());
    }
    if (source.isList()) {
      meters.counter(Meter.DISCOVERY_CHANGES, source::changes, source.name());
      meters.counter(Meter.DISCOVERY_FORGOTTEN, source::forgotten, source.name());
    }
  }
}
